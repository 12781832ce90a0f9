package io.trunkline.invocation.typed;

import io.trunkline.invocation.payload.MethodShape;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A method of a service, as both sides see it.
 *
 * @param wireName what a request names
 * @param signed the wire name is the method's with its signature, since it is overloaded
 * @param timeout null: the proxy's
 */
record MethodContract(
    java.lang.reflect.Method method,
    String wireName,
    boolean signed,
    Mode mode,
    MethodShape shape,
    DeclaredExceptions exceptions,
    @Nullable Duration timeout) {

  enum Mode {
    SYNC,
    /** It returns a future. */
    ASYNC,
    ONE_WAY
  }
}
