package io.trunkline.persistence;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One step of a stored message on its way, for the trace. The store itself writes STORED and the
 * outcomes; others are recorded with {@link MessageStore#record}.
 *
 * @param attempt from 1, where it means something
 */
public record DeliveryStep(
    StreamKey stream,
    long epoch,
    long offset,
    String messageId,
    Kind kind,
    Instant at,
    String node,
    Optional<UUID> session,
    Optional<String> user,
    Optional<String> device,
    int attempt,
    String detail) {

  /** Names stand in reports: append only. */
  public enum Kind {
    STORED,
    /** Published again under the same id. */
    DUPLICATE,
    /** Written to a connection. */
    SENT,
    /** Sent, and no acknowledgement came in time; it is sent again. */
    UNACKNOWLEDGED,
    DELIVERED,
    REPLIED,
    EXPIRED,
    DEAD,
    CONFLATED,
    FAILED,
    /** An operator has put a dead message back. */
    RETRIED,
    CLOSED,
    /**
     * Stored, and nobody whom it is for is connected, as far as the node that stored it knows; it
     * is sent when one of them is.
     */
    WAITING
  }
}
