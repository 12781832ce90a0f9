package io.trunkline.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;

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
  Instant startedAt;
  Instant leaseUntil;

  @Formula("lease_until > now()")
  boolean live;

  NodeStore.NodeRow toRow() {
    return new NodeStore.NodeRow(
        id, clientAddress, apiAddress, sessions, startedAt, leaseUntil, live);
  }
}
