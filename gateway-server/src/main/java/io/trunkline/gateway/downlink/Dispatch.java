package io.trunkline.gateway.downlink;

import io.netty.util.Timeout;
import io.trunkline.gateway.session.PendingAck;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.gateway.streams.TopicCounts;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.EncodedFrame;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.gateway.transport.Outbound;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.protocol.v1.Ack;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to its sessions on this node, over several event loops: who was sent it,
 * who acknowledged, and when all is known. Of a user's sessions the first that acknowledges speaks
 * for the user; a message for many gets a receipt for each session and a summary. Thread-safe.
 */
final class Dispatch implements PendingAck {
  private final DownlinkMessage message;
  private final EncodedFrame frame;
  private final long offline;
  private final Receipts receipts;
  private final DownlinkCounts counts;
  // Of the messages for many; those for one user or session are not counted by topic.
  private final TopicCounts.@Nullable Tally tally;
  private final boolean forMany;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acked = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  // For one user or session: its receipt is out.
  private final AtomicBoolean told = new AtomicBoolean();
  // Parts not yet written, and sessions whose acknowledgement is open.
  private final AtomicInteger open;
  private volatile @Nullable Timeout timeout;
  private volatile @Nullable Failure lastFailure;

  private record Failure(SessionInfo session, String why) {}

  /** Where it is written down what became of a message; for many, also by topic. */
  record Books(Receipts receipts, DownlinkCounts counts, TopicCounts.@Nullable Tally tally) {}

  /**
   * @param frame of which this takes no reference of its own
   * @param parts how many {@link Part}s will be submitted
   * @param offline for the summary: sessions that it is meant for and that are away
   */
  Dispatch(DownlinkMessage message, EncodedFrame frame, int parts, long offline, Books books) {
    this.message = message;
    this.frame = frame;
    this.offline = offline;
    this.receipts = books.receipts();
    this.counts = books.counts();
    this.tally = books.tally();
    this.open = new AtomicInteger(parts);
    this.forMany =
        switch (message.target()) {
          case Target.User _, Target.OneSession _ -> false;
          case Target.Everyone _, Target.Topic _, Target.Audience _ -> true;
        };
  }

  /** The part of one session. */
  Outbound toOne(Connection connection) {
    return new Part(lane -> List.of(connection));
  }

  /** The part of some sessions of a lane, found on its event loop. */
  Outbound toSome(Function<Lane, Collection<Connection>> recipients) {
    return new Part(recipients);
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
    if (forMany || told.compareAndSet(false, true)) {
      if (message.expect() == Expect.REPLY && ack.hasReply()) {
        receipts.reply(
            message,
            session.info(),
            ack.getReply().getContentType(),
            ack.getReply().getPayload().toByteArray());
      } else {
        receipts.of(message, session.info(), Status.DELIVERED, "");
      }
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
    if (forMany) {
      receipts.of(message, session.info(), Status.FAILED, why);
    } else {
      lastFailure = new Failure(session.info(), why);
    }
  }

  private void closeOne() {
    if (open.decrementAndGet() > 0) {
      return;
    }
    Timeout running = timeout;
    if (running != null) {
      running.cancel();
    }
    if (forMany) {
      receipts.summary(message, numbers());
      return;
    }
    Failure failure = lastFailure;
    if (failure != null && told.compareAndSet(false, true)) {
      receipts.of(message, failure.session(), Status.FAILED, failure.why());
    }
  }

  private Map<String, Long> numbers() {
    Map<String, Long> numbers = new LinkedHashMap<>();
    numbers.put("matched", sent.get() + failedBeforeSent() + offline);
    numbers.put("sent", sent.get());
    numbers.put("acked", acked.get());
    numbers.put("failed", failed.get());
    numbers.put("offline", offline);
    return numbers;
  }

  /** Of those that failed, the ones that were never sent it: with acks, sent = acked + rest. */
  private long failedBeforeSent() {
    return expectsAck() ? acked.get() + failed.get() - sent.get() : failed.get();
  }

  private final class Part implements Outbound {
    private final @Nullable Function<Lane, Collection<Connection>> some;

    Part(@Nullable Function<Lane, Collection<Connection>> some) {
      this.some = some;
    }

    @Override
    public EncodedFrame frame() {
      return frame;
    }

    @Override
    public boolean forAll() {
      return some == null;
    }

    @Override
    public Collection<Connection> recipients(Lane lane) {
      return some == null ? lane.open() : some.apply(lane);
    }

    @Override
    public boolean tracked() {
      return expectsAck() || message.replyAddress().isPresent();
    }

    @Override
    public void writtenTogether(int connections) {
      if (tally != null) {
        tally.countSent(connections);
      }
    }

    @Override
    public void written(Connection connection) {
      sent.incrementAndGet();
      writtenTogether(1);
      if (connection.owner() instanceof Session session) {
        if (expectsAck()) {
          open.incrementAndGet();
          session.expectAck(message.id(), Dispatch.this);
        } else if (!forMany && told.compareAndSet(false, true)) {
          receipts.of(message, session.info(), Status.SENT, "");
        }
      }
    }

    @Override
    public void dropped(Connection connection, Drop why) {
      if (tally != null) {
        switch (why) {
          case SLOW -> tally.countDropped(1);
          case CONFLATED -> tally.countConflated();
          case CLOSED -> {} // not for being slow
        }
      }
      if (connection.owner() instanceof Session session) {
        failed(
            session,
            switch (why) {
              case SLOW -> "dropped: too much waits for this client already";
              case CONFLATED -> "dropped: a newer message of the same key took its place";
              case CLOSED -> "the session ended before it could be sent";
            });
      }
    }

    @Override
    public @Nullable String key() {
      return message.key().orElse(null);
    }

    @Override
    public void waits(Connection connection) {
      open.incrementAndGet();
    }

    @Override
    public void settled(Connection connection) {
      closeOne();
    }

    @Override
    public void done() {
      closeOne();
    }
  }
}
