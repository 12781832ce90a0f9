package io.trunkline.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A session lost its connection and may come back.
 *
 * @param detachedAt by the node's clock
 * @param lost why; the reason of the end, should nobody come back
 * @param traffic of this attach
 * @param grace how long it may be resumed, from when this is written: while the database is away
 *     nobody can
 * @param heard whether the client has said anything after its Welcome. If not, the Welcome may
 *     never have reached it, and the resume token of before works for the whole grace time
 */
public record SessionDetach(
    UUID id,
    int epoch,
    String user,
    String device,
    Instant detachedAt,
    SessionClose lost,
    Traffic traffic,
    Duration grace,
    boolean heard) {}
