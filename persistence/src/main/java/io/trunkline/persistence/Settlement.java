package io.trunkline.persistence;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What a recipient, or the gateway in its place, has decided about a stored message. Of a user
 * stream, the first decides; of a stream for many, each recipient for itself.
 *
 * @param messageId must be the one that stands at this offset, else nothing happens
 * @param outcome not PENDING, not CLOSED
 * @param session with user and device: whose acknowledgement it is; empty when no client said it
 * @param reply what it answered
 */
public record Settlement(
    StreamKey stream,
    long epoch,
    long offset,
    String messageId,
    MessageState outcome,
    Optional<UUID> session,
    Optional<String> user,
    Optional<String> device,
    String node,
    Instant at,
    String detail,
    Optional<Reply> reply) {

  /** A client's answer. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Reply(String contentType, byte[] payload) {}
}
