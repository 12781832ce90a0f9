package io.trunkline.jms;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a message: for one recipient, or (summary) for all of them.
 *
 * @param id to de-duplicate receipts by
 * @param messageId of the message that this is about
 * @param detail why, for a person; empty where the status says all
 * @param payload of a reply
 * @param counts of a summary: {@code matched}, {@code sent}, {@code acked}, {@code failed}, {@code
 *     offline}; empty for a recipient's receipt
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Receipt(
    String id,
    String messageId,
    Status status,
    Optional<String> user,
    Optional<String> device,
    Optional<String> session,
    Optional<String> node,
    Instant at,
    String detail,
    Optional<String> contentType,
    Optional<byte[]> payload,
    Map<String, Long> counts) {

  /** As it is sent to publishers. */
  public String toJson() {
    return ReceiptJson.write(this);
  }

  /** Names are a contract; more may come. */
  public enum Status {
    /** Written to the connection; no acknowledgement was asked for, so nobody knows more. */
    SENT,
    /** The client has acknowledged it. */
    DELIVERED,
    REPLIED,
    EXPIRED,
    /** Given up after as many attempts as are allowed; an operator can send it again. */
    DEAD,
    /** A newer message of the same {@code tl_key} has taken its place before it was delivered. */
    CONFLATED,
    /** A message of this {@code tl_id} was stored before; this one was not stored again. */
    DUPLICATE,
    /** Nobody of that name has a session now, and the message is not kept. */
    UNKNOWN_USER,
    UNKNOWN_SESSION,
    /** It was sent, or could not be, and no acknowledgement came; the detail says why. */
    FAILED,
    /** Not understood; it is in the rejected queue. */
    REJECTED,
    SUMMARY
  }
}
