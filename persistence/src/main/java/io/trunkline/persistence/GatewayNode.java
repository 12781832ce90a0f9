package io.trunkline.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** Read only: {@link JpaNodeStore} writes it by statements that use the database's clock. */
@Entity
@Immutable
@Table(schema = "trunkline", name = "node")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
class GatewayNode {
  @Id String id;
  String clientAddress;
  String apiAddress;
  int sessions;
  double cpu;
  long outboundBytes;
  Instant startedAt;
  Instant leaseUntil;
  @Nullable Instant drainingSince;
  @Nullable String drainBy;
  @Nullable String drainReason;
  @Nullable Integer drainPerSecond;
  @Nullable Long drainWithinMs;
  @Nullable Long drainJitterMs;
  @Nullable String drainTarget;

  /** See V7__nodes.sql. */
  @Formula(
      "case when left_at is not null then 'LEFT' when lease_until <= now() then 'DEAD'"
          + " when draining_since is not null then 'DRAINING' else 'UP' end")
  @Enumerated(EnumType.STRING)
  NodeState state;

  NodeStore.NodeRow toRow() {
    boolean draining = state == NodeState.DRAINING;
    return new NodeStore.NodeRow(
        id,
        clientAddress,
        apiAddress,
        state,
        draining || state == NodeState.UP,
        sessions,
        cpu,
        outboundBytes,
        startedAt,
        leaseUntil,
        draining ? Optional.ofNullable(drainingSince) : Optional.empty(),
        draining ? order() : Optional.empty());
  }

  private Optional<DrainOrder> order() {
    return JpaNodeStore.order(
        drainBy, drainReason, drainPerSecond, drainWithinMs, drainJitterMs, drainTarget);
  }
}
