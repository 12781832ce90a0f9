package io.trunkline.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(schema = "trunkline", name = "operator")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
class ConsoleOperator {
  @Id String name;
  String passwordHash;
  Instant changedAt;
}
