package io.trunkline.persistence;

import java.time.Instant;

/**
 * A message with its place in its stream.
 *
 * @param attempts how often it was sent in vain
 * @param newer in a user's page, of a message that waits: the offset of the newest one of its key
 *     and for the same recipients, if that waits too or was taken; 0: there is none, or it was not
 *     asked for
 */
public record StoredMessage(
    NewMessage message,
    long epoch,
    long offset,
    MessageState state,
    int attempts,
    Instant storedAt,
    long newer) {

  /** Where nobody asks for newer ones. */
  public StoredMessage(
      NewMessage message,
      long epoch,
      long offset,
      MessageState state,
      int attempts,
      Instant storedAt) {
    this(message, epoch, offset, state, attempts, storedAt, /* newer= */ 0);
  }

  StoredMessage withNewer(long other) {
    return other == newer
        ? this
        : new StoredMessage(message, epoch, offset, state, attempts, storedAt, other);
  }
}
