package io.trunkline.gateway.api;

import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A node in an answer, with the names that the API uses. */
record NodeView(
    String id,
    String clientAddress,
    String apiAddress,
    NodeState state,
    boolean live,
    int sessions,
    double cpu,
    long outboundBytes,
    Instant startedAt,
    Instant leaseUntil,
    @Nullable Instant drainingSince,
    @Nullable Order drain) {

  /** How it is emptied. */
  record Order(
      String by,
      String reason,
      int perSecond,
      Duration within,
      Duration jitter,
      @Nullable String target) {
    static Order of(DrainOrder order) {
      return new Order(
          order.by(),
          order.reason(),
          order.perSecond(),
          order.within(),
          order.jitter(),
          order.target().orElse(null));
    }
  }

  static NodeView of(NodeRow row) {
    return new NodeView(
        row.id(),
        row.clientAddress(),
        row.apiAddress(),
        row.state(),
        row.live(),
        row.sessions(),
        row.cpu(),
        row.outboundBytes(),
        row.startedAt(),
        row.leaseUntil(),
        row.drainingSince().orElse(null),
        row.drain().map(Order::of).orElse(null));
  }
}
