package io.trunkline.persistence;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that this process has entered as: what it writes in their names holds only as long as
 * no other process has entered since. Thread-safe.
 */
final class Incarnations {
  /** Holds for a row {@code r} of a node whose incarnation is not known here, or is still good. */
  static final String STANDS =
      """
      (r.incarnation is null or exists (
        select from trunkline.node n where n.id = r.node_id and n.incarnation = r.incarnation))
      """;

  private final ConcurrentHashMap<String, Long> entered = new ConcurrentHashMap<>();

  void entered(String node, long incarnation) {
    entered.put(node, incarnation);
  }

  /** Null: this process did not enter the node. */
  @Nullable Long of(String node) {
    return entered.get(node);
  }
}
