package io.trunkline.gateway.streams;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionState;
import io.trunkline.gateway.streams.LaneStreams.LaneStream;
import io.trunkline.gateway.streams.PageReader.ManyAnswer;
import io.trunkline.gateway.streams.PageReader.ManyPage;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamHead;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's place in a topic's stream or in that of the broadcasts. While it is level with its
 * event loop it gets messages as they come; after a gap or when the client was slow it reads what
 * it misses from the bounded history. Confined to the session's event loop.
 */
final class ManyCursor implements LaneStreams.Watched {
  private static final int PAGE = 32;

  /** Which stored messages are for this session. */
  interface Filter {
    boolean matches(Session session, StoredMessage stored);
  }

  private final Session session;
  private final LaneStream stream;
  private final StreamContext context;
  private final Filter filter;
  private @Nullable Map<Long, Waiting> unacknowledged;

  /** In {@link LaneStream#followers()}. */
  int index = -1;

  private long sent;
  private boolean level;
  private boolean asked;
  private boolean over;

  /** Who wants to know that all recipients of a message have answered. */
  interface Waiting {
    String messageId();

    Expected expected();

    void answered();
  }

  /**
   * @param from what the client has; the stream's offset here if it wants only what comes
   */
  ManyCursor(Session session, LaneStream stream, long from, StreamContext context, Filter filter) {
    this.session = session;
    this.stream = stream;
    this.sent = from;
    this.context = context;
    this.filter = filter;
    this.level = from >= stream.last;
  }

  Session session() {
    return session;
  }

  long position() {
    return sent;
  }

  /** History was reset: offsets begin anew. */
  void newEpoch() {
    sent = 0;
    unacknowledged = null;
  }

  /** Reads what was missed, if anything. */
  void begin() {
    if (!level) {
      read();
    }
  }

  /** A live message of the stream. True: to be written now. */
  boolean admits(StoredMessage stored) {
    if (over || !level || stored.offset() <= sent) {
      return false;
    }
    if (!filter.matches(session, stored) || Notices.expired(stored, context.clock().instant())) {
      sent = stored.offset();
      return false;
    }
    return true;
  }

  void written(StoredMessage stored) {
    sent = stored.offset();
    if (traced(stored)) {
      context.sent(stored, session.info(), 1);
    }
  }

  /** Notes that an acknowledgement is expected. */
  void await(long offset, Waiting waiting) {
    if (unacknowledged == null) {
      unacknowledged = new HashMap<>(4);
    }
    unacknowledged.put(offset, waiting);
  }

  /** What {@link #admits} has said yes to found no room. */
  void noRoom() {
    level = false;
    stream.lane.watch(this);
  }

  /** Live messages wait in the history until it has read what stands before them. */
  boolean isBehind() {
    return !level && !over;
  }

  /**
   * A message may have found no room although the client takes all that it is sent, because it is
   * large; nobody says then that the connection takes bytes again.
   */
  @Override
  public void tick(long nowNs) {
    if (level || over) {
      stream.lane.unwatch(this);
    } else if (session.connection().pendingBytes() == 0) {
      read();
    }
  }

  /** A message for many is followed recipient by recipient only where somebody asked for that. */
  private static boolean traced(StoredMessage stored) {
    return stored.message().expected() != Expected.NOTHING
        || stored.message().replyTo().isPresent();
  }

  private void read() {
    if (asked || over) {
      return;
    }
    asked = true;
    long askedLast = stream.last;
    context
        .reader()
        .ask(
            new ManyPage(stream.key, sent, PAGE),
            session.connection().lane().loop(),
            answer -> answered(answer, askedLast));
  }

  private void answered(ManyAnswer answer, long askedLast) {
    asked = false;
    if (over || session.state() == SessionState.CLOSED) {
      return;
    }
    if (!stream.lane.awake()) {
      stream.lane.watch(this);
      return;
    }
    StreamHead head = answer.head();
    if (head.epoch() != 0 && head.prunedOffset() > sent) {
      gap(head);
    }
    List<StoredMessage> page = answer.page();
    boolean wrote = false;
    boolean full = false;
    for (StoredMessage stored : page) {
      if (stored.offset() <= sent) {
        continue;
      }
      if (filter.matches(session, stored) && !Notices.expired(stored, context.clock().instant())) {
        if (!write(stored)) {
          full = true;
          break;
        }
        wrote = true;
      }
      sent = stored.offset();
    }
    if (wrote) {
      session.connection().flushSoon();
    }
    if (full) {
      stream.lane.watch(this); // goes on when the client takes bytes again
      return;
    }
    if (page.size() < PAGE) {
      sent = Math.max(sent, askedLast);
    }
    if (sent >= stream.last) {
      level = true;
    } else {
      read();
    }
  }

  /** What was given up while this client was too slow: it is told. */
  private void gap(StreamHead head) {
    context.topics().find(stream.key).countDropped(head.prunedOffset() - sent);
    sent = head.prunedOffset();
    session.send(
        Frame.newBuilder()
            .setStreamStart(
                Notices.start(
                    StreamNames.of(stream.key), head.epoch(), sent, /* recovered= */ false))
            .build());
    session.connection().flushSoon();
  }

  private boolean write(StoredMessage stored) {
    if (!Notices.send(stored, session.connection())) {
      return false;
    }
    context.topics().find(stored).countSent(1);
    if (traced(stored)) {
      context.sent(stored, session.info(), 1);
    }
    return true;
  }

  /** The client takes bytes again. */
  void writable() {
    if (!level) {
      read();
    }
  }

  /** False if it is of no message of this stream that the session can have had. */
  boolean acknowledge(Ack ack) {
    return ack.getOffset() == 0 ? acknowledgeById(ack) : acknowledgeAt(ack);
  }

  /** From a client that does not repeat the message's place. */
  private boolean acknowledgeById(Ack ack) {
    if (unacknowledged == null) {
      return false;
    }
    for (Map.Entry<Long, Waiting> entry : unacknowledged.entrySet()) {
      if (entry.getValue().messageId().equals(ack.getMessageId())) {
        return settle(entry.getKey(), ack);
      }
    }
    return false;
  }

  private boolean acknowledgeAt(Ack ack) {
    if (ack.getEpoch() != stream.epoch || ack.getOffset() <= 0 || ack.getOffset() > sent) {
      return false;
    }
    Waiting waiting = unacknowledged == null ? null : unacknowledged.get(ack.getOffset());
    return waiting == null
        ? context.lateAck(stream.key, stream.epoch, session.info(), ack)
        : waiting.messageId().equals(ack.getMessageId()) && settle(ack.getOffset(), ack);
  }

  private boolean settle(long offset, Ack ack) {
    Waiting waiting = unacknowledged == null ? null : unacknowledged.remove(offset);
    if (waiting == null) {
      return false;
    }
    if (unacknowledged != null && unacknowledged.isEmpty()) {
      unacknowledged = null;
    }
    var _ =
        context.acknowledged(
            stream.key, stream.epoch, offset, waiting.expected(), session.info(), ack);
    waiting.answered();
    return true;
  }

  void over() {
    over = true;
    stream.leave(this);
    if (unacknowledged != null) {
      // They may still come, on the next connection; until then this one's part is open.
      unacknowledged = null;
    }
  }
}
