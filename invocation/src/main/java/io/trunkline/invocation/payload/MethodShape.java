package io.trunkline.invocation.payload;

import java.lang.reflect.Type;
import java.util.List;

/**
 * A method, as far as its payloads are concerned.
 *
 * @param name for messages
 * @param result {@code void.class}: it has none. What is there when a future completes, not the
 *     future
 */
public record MethodShape(String name, List<Argument> arguments, Type result) {

  /**
   * One argument.
   *
   * @param name on the wire; empty: it has none
   * @param type without unresolved type variables
   */
  public record Argument(String name, Type type) {}

  public MethodShape {
    arguments = List.copyOf(arguments);
  }

  public boolean hasResult() {
    return result != void.class;
  }
}
