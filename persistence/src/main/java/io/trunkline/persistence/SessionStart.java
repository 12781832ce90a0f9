package io.trunkline.persistence;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A session began.
 *
 * @param epoch rises with every attach of the session, from 1
 * @param transport {@code tcp}, {@code ws} or {@code ws-json}
 * @param remoteAddress address and port of the client, as {@code 10.1.2.3:4567}
 * @param tokenHash SHA-256 of the resume token's secret in hexadecimal; empty: cannot be resumed
 * @param older the session of the same user and device whose end this node writes itself; any other
 *     of theirs is closed as {@link SessionClose#REPLACED} when this is written
 */
public record SessionStart(
    UUID id,
    int epoch,
    String user,
    String device,
    String clientName,
    String clientVersion,
    String platform,
    String transport,
    String remoteAddress,
    String node,
    Map<String, String> attributes,
    Instant startedAt,
    Optional<String> tokenHash,
    Optional<UUID> older) {
  public SessionStart {
    attributes = Map.copyOf(attributes);
  }
}
