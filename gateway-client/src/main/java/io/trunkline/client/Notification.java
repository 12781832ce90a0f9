package io.trunkline.client;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Reply;
import io.trunkline.protocol.v1.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A message of the downlink. Thread-safe; may be answered from any thread, now or later. */
public final class Notification {
  private final Notify message;
  private final Consumer<@Nullable Reply> answers;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile boolean givenBack;

  /**
   * @param answers takes the one answer; null: an acknowledgement without a reply
   */
  Notification(Notify message, Consumer<@Nullable Reply> answers) {
    this.message = message;
    this.answers = answers;
  }

  /** The publisher's id, or the broker's. The client shows an id once. */
  public String id() {
    return message.getMessageId();
  }

  public String type() {
    return message.getType();
  }

  /** Media type of the payload; empty: application/octet-stream. */
  public String contentType() {
    return message.getContentType();
  }

  public ByteString payload() {
    return message.getPayload();
  }

  /** The payload read as UTF-8. */
  public String text() {
    return message.getPayload().toString(StandardCharsets.UTF_8);
  }

  /** Empty when the message was not published to a topic. */
  public String topic() {
    return message.getTopic();
  }

  public Expect expect() {
    return message.getExpect();
  }

  /** {@code user}, {@code broadcast} or {@code topic:<name>}; empty when it is not stored. */
  public String stream() {
    return message.getStream();
  }

  public long epoch() {
    return message.getEpoch();
  }

  /** The message's place in its stream. */
  public long offset() {
    return message.getOffset();
  }

  public Instant published() {
    return Instant.ofEpochMilli(message.getPublishedMs());
  }

  /**
   * Tells the gateway that the application has taken the message over. While there is no connection
   * it is kept and sent on the next, as is the answer to a message of an earlier connection.
   *
   * @return false: nothing was sent, because it had been acknowledged or replied to before, or
   *     because the publisher expects nothing
   */
  public boolean ack() {
    return answer(null);
  }

  /**
   * Acknowledges with a payload for the publisher.
   *
   * @param contentType media type of the payload
   * @return false: nothing was sent, as with {@link #ack}
   */
  public boolean reply(byte[] payload, String contentType) {
    return reply(Status.OK, "", payload, contentType);
  }

  /**
   * Acknowledges with an outcome other than success, or with a payload.
   *
   * @param reason for a person; empty when OK
   * @return false: nothing was sent, as with {@link #ack}
   */
  public boolean reply(Status status, String reason, byte[] payload, String contentType) {
    return answer(
        Reply.newBuilder()
            .setStatus(status)
            .setMessage(reason)
            .setPayload(ByteString.copyFrom(payload))
            .setContentType(contentType)
            .build());
  }

  /**
   * The application does not take the message over, as if its listener had thrown: nothing is
   * acknowledged, the position stays before it, and the gateway may send it again. To be called
   * before the listener returns.
   */
  public void giveBack() {
    givenBack = true;
  }

  boolean isGivenBack() {
    return givenBack;
  }

  boolean isAnswered() {
    return answered.get();
  }

  private boolean answer(@Nullable Reply reply) {
    if (expect() == Expect.NOTHING || !answered.compareAndSet(false, true)) {
      return false;
    }
    answers.accept(reply);
    return true;
  }

  @Override
  public String toString() {
    return "Notification[" + id() + " " + type() + ", " + payload().size() + " bytes]";
  }
}
