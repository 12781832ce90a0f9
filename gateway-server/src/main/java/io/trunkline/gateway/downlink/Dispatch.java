package io.trunkline.gateway.downlink;

import io.netty.util.Timeout;
import io.trunkline.gateway.session.PendingAck;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.EncodedFrame;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.gateway.transport.Outbound;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.protocol.v1.Ack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to its sessions on this node, over several event loops: who was sent it,
 * who acknowledged, and when all is known. Thread-safe.
 */
final class Dispatch implements PendingAck {
  private final DownlinkMessage message;
  private final EncodedFrame frame;
  private final Receipts receipts;
  private final DownlinkCounts counts;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acked = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  // Parts not yet written, and sessions whose acknowledgement is open.
  private final AtomicInteger open;
  private volatile @Nullable Timeout timeout;

  /**
   * @param frame of which this takes no reference of its own
   * @param parts how many {@link Part}s will be submitted
   */
  Dispatch(
      DownlinkMessage message,
      EncodedFrame frame,
      int parts,
      Receipts receipts,
      DownlinkCounts counts) {
    this.message = message;
    this.frame = frame;
    this.receipts = receipts;
    this.counts = counts;
    this.open = new AtomicInteger(parts);
  }

  /** The part of one session. */
  Outbound toSession(Session session) {
    return new Part(session.connection());
  }

  /** The part of all sessions of one lane. */
  Outbound toLane() {
    return new Part(null);
  }

  boolean expectsAck() {
    return message.expect() != Expect.NONE;
  }

  /** Gives up what is not acknowledged then. Set before the first part is submitted. */
  void timeout(Timeout newTimeout) {
    timeout = newTimeout;
  }

  /** On the lane's event loop: its sessions have had their time. */
  void giveUp(Lane lane, String why) {
    // A copy: giving up may end nothing, but reads that follow may.
    for (Connection connection : List.copyOf(lane.open())) {
      if (connection.owner() instanceof Session session) {
        session.giveUpAck(message.id(), this, why);
      }
    }
  }

  @Override
  public void acknowledged(Session session, Ack ack) {
    acked.incrementAndGet();
    counts.acked.increment();
    if (message.expect() == Expect.REPLY && ack.hasReply()) {
      receipts.reply(
          message,
          session.info(),
          ack.getReply().getContentType(),
          ack.getReply().getPayload().toByteArray());
    } else {
      receipts.of(message, session.info(), Status.DELIVERED, "");
    }
    closeOne();
  }

  @Override
  public void missed(Session session, String why) {
    failed(session, why);
    closeOne();
  }

  private void failed(Session session, String why) {
    failed.incrementAndGet();
    counts.failed.increment();
    receipts.of(message, session.info(), Status.FAILED, why);
  }

  private void closeOne() {
    if (open.decrementAndGet() > 0) {
      return;
    }
    Timeout running = timeout;
    if (running != null) {
      running.cancel();
    }
    if (message.target() instanceof Target.Everyone) {
      Map<String, Long> numbers = new LinkedHashMap<>();
      numbers.put("matched", sent.get() + failedBeforeSent());
      numbers.put("sent", sent.get());
      numbers.put("acked", acked.get());
      numbers.put("failed", failed.get());
      numbers.put("offline", 0L);
      receipts.summary(message, numbers);
    }
  }

  /** Of those that failed, the ones that were never sent it: with acks, sent = acked + rest. */
  private long failedBeforeSent() {
    return expectsAck() ? acked.get() + failed.get() - sent.get() : failed.get();
  }

  private final class Part implements Outbound {
    private final @Nullable Connection only;

    Part(@Nullable Connection only) {
      this.only = only;
    }

    @Override
    public EncodedFrame frame() {
      return frame;
    }

    @Override
    public @Nullable Connection only() {
      return only;
    }

    @Override
    public boolean tracked() {
      return expectsAck() || message.replyAddress().isPresent();
    }

    @Override
    public void written(Connection connection) {
      sent.incrementAndGet();
      if (connection.owner() instanceof Session session) {
        if (expectsAck()) {
          open.incrementAndGet();
          session.expectAck(message.id(), Dispatch.this);
        } else if (only != null) {
          receipts.of(message, session.info(), Status.SENT, "");
        }
      }
    }

    @Override
    public void dropped(Connection connection, Drop why) {
      if (connection.owner() instanceof Session session) {
        failed(
            session,
            switch (why) {
              case SLOW -> "dropped: too much waits for this client already";
              case CLOSED -> "the session ended before it could be sent";
            });
      }
    }

    @Override
    public void done() {
      closeOne();
    }
  }
}
