package io.trunkline.persistence;

import java.time.Instant;
import java.util.UUID;

/**
 * A session ended.
 *
 * @param closeCode number of the protocol's close code
 * @param closeName name of the close code, as {@code KICKED}
 * @param reason for a person; who and why, where somebody decided it
 */
public record SessionEnd(
    UUID id,
    int epoch,
    String user,
    String device,
    Instant endedAt,
    int closeCode,
    String closeName,
    String reason,
    Traffic traffic) {}
