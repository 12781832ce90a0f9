package io.trunkline.persistence;

import java.time.Instant;

/**
 * A message with its place in its stream.
 *
 * @param attempts how often it was sent in vain
 */
public record StoredMessage(
    NewMessage message,
    long epoch,
    long offset,
    MessageState state,
    int attempts,
    Instant storedAt) {}
