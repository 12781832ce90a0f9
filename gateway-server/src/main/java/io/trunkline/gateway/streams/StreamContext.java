package io.trunkline.gateway.streams;

import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore.Attempt;
import io.trunkline.persistence.Settlement;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.Ack;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What all cursors of a node share.
 *
 * @param alone whether this is the only node that lives
 */
record StreamContext(
    String node,
    StreamsConfig config,
    Duration ackTimeout,
    Pages reader,
    Ledger ledger,
    StreamCounts counts,
    TopicCounts topics,
    BooleanSupplier alone,
    InstantSource clock) {

  /** Acknowledgements of what was not sent on their connection cost a look-up each. */
  private static final int MAX_LATE_ACKS = 20_000;

  long waitNs(int attempts) {
    return config.waitNs(ackTimeout, attempts);
  }

  /** Nobody whom a message of a user is for is connected. */
  void waits(StoredMessage stored, String why) {
    ledger.step(
        new DeliveryStep(
            stored.message().stream(),
            stored.epoch(),
            stored.offset(),
            stored.message().id(),
            DeliveryStep.Kind.WAITING,
            clock.instant(),
            node,
            stored.message().recipients().session(),
            Optional.of(stored.message().stream().name()),
            stored.message().recipients().device(),
            0,
            why));
  }

  void sent(StoredMessage stored, SessionInfo to, int attempt) {
    counts.sent.increment();
    if (attempt > 1) {
      counts.resent.increment();
    }
    ledger.step(
        new DeliveryStep(
            stored.message().stream(),
            stored.epoch(),
            stored.offset(),
            stored.message().id(),
            DeliveryStep.Kind.SENT,
            clock.instant(),
            node,
            Optional.of(to.id()),
            Optional.of(to.user()),
            Optional.of(to.device()),
            attempt,
            ""));
  }

  /**
   * A client has acknowledged what stands there.
   *
   * @param expected REPLY makes a reply that came with it count
   */
  Ledger.Slip acknowledged(
      StreamKey stream, long epoch, long offset, Expected expected, SessionInfo by, Ack ack) {
    boolean replied = expected == Expected.REPLY && ack.hasReply();
    return ledger.settle(
        new Settlement(
            stream,
            epoch,
            offset,
            ack.getMessageId(),
            replied ? MessageState.REPLIED : MessageState.DELIVERED,
            Optional.of(by.id()),
            Optional.of(by.user()),
            Optional.of(by.device()),
            node,
            clock.instant(),
            "",
            replied
                ? Optional.of(
                    new Settlement.Reply(
                        ack.getReply().getContentType(), ack.getReply().getPayload().toByteArray()))
                : Optional.empty()));
  }

  /** False if too many wait to be looked up already: the client may repeat it. */
  boolean lateAck(StreamKey stream, long epoch, SessionInfo by, Ack ack) {
    if (ledger.backlog() > MAX_LATE_ACKS) {
      return false;
    }
    var _ = acknowledged(stream, epoch, ack.getOffset(), Expected.REPLY, by, ack);
    return true;
  }

  /**
   * A client was sent what stands there, and did not acknowledge it in time.
   *
   * @param then runs on the ledger's thread when that stands in the database
   */
  void inVain(
      StreamKey stream, long epoch, Unacknowledged.Late late, SessionInfo to, Runnable then) {
    ledger.inVain(
        new Attempt(
            stream,
            epoch,
            late.offset(),
            to.id(),
            to.device(),
            node,
            clock.instant(),
            "attempt " + late.attempts() + ": no acknowledgement in time"),
        then);
  }

  /** The gateway itself decides about a message of a user. */
  Ledger.Slip settle(StoredMessage stored, MessageState outcome, String why) {
    return ledger.settle(
        new Settlement(
            stored.message().stream(),
            stored.epoch(),
            stored.offset(),
            stored.message().id(),
            outcome,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            node,
            clock.instant(),
            why,
            Optional.empty()));
  }
}
