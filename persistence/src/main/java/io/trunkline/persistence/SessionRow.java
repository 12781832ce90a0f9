package io.trunkline.persistence;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A live session as the database has it.
 *
 * @param detachedAt since when it has no connection; null while it has one
 * @param resumableUntil until when its client may come back; null while it has a connection
 */
public record SessionRow(
    UUID id,
    int epoch,
    String state,
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
    @Nullable Instant detachedAt,
    @Nullable Instant resumableUntil) {}
