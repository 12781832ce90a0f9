package io.trunkline.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** Read only: rows are written by {@link JournalStatements}. */
@Entity
@Immutable
@Table(schema = "trunkline", name = "live_session")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
class LiveSession {
  @Id UUID id;
  int epoch;
  String state;
  String userId;
  String deviceId;
  String clientName;
  String clientVersion;
  String platform;
  String transport;
  String remoteAddress;
  String nodeId;

  @JdbcTypeCode(SqlTypes.JSON)
  Map<String, String> attributes;

  Instant startedAt;
  @Nullable Instant detachedAt;
  @Nullable Instant resumableUntil;

  SessionRow toRow() {
    return new SessionRow(
        id,
        epoch,
        state,
        userId,
        deviceId,
        clientName,
        clientVersion,
        platform,
        transport,
        remoteAddress,
        nodeId,
        attributes,
        startedAt,
        detachedAt,
        resumableUntil);
  }
}
