package io.trunkline.gateway.api;

import io.trunkline.persistence.SessionRow;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A session in an answer; the names of the components are the API's. */
record SessionView(
    UUID id,
    String user,
    String device,
    String state,
    String node,
    int epoch,
    String clientName,
    String clientVersion,
    String platform,
    String transport,
    String remoteAddress,
    Map<String, String> attributes,
    Instant startedAt,
    @Nullable Instant detachedAt,
    @Nullable Instant resumableUntil) {

  static SessionView of(SessionRow row) {
    return new SessionView(
        row.id(),
        row.user(),
        row.device(),
        row.state(),
        row.node(),
        row.epoch(),
        row.clientName(),
        row.clientVersion(),
        row.platform(),
        row.transport(),
        row.remoteAddress(),
        row.attributes(),
        row.startedAt(),
        row.detachedAt(),
        row.resumableUntil());
  }
}
