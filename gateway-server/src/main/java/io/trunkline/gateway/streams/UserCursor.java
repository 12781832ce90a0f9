package io.trunkline.gateway.streams;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.gateway.session.SessionState;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore.UserPage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.Ack;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session's place in its user's stream: what was sent, what is not acknowledged, and whether the
 * next message may come straight from the node or must be read, because others stand before it.
 * Offsets are dense, so that a gap is seen at once. Confined to the session's event loop.
 *
 * <pre>
 *   READING  --page shows the end--&gt;  LIVE      live messages are written as they come
 *      ^ |                             |
 *      | +--no room, window full--+    | gap
 *      |                          v    v
 *      +-----room again------- BLOCKED, READING  live messages wait in the database
 * </pre>
 */
final class UserCursor implements LaneStreams.Watched {
  /** Messages read at once: enough to fill a connection, not so many that memory would tell. */
  private static final int PAGE = 32;

  private enum Mode {
    READING,
    LIVE,
    BLOCKED
  }

  private final Session session;
  private final StreamKey stream;
  private final StreamContext context;
  private final LaneStreams lane;

  /**
   * The last offset that the client had when it came, or up to which it does not want what others
   * have taken: what is stored after it came is for this device, too, whichever is the first to
   * acknowledge it.
   */
  private final long seen;

  private Mode mode = Mode.READING;
  private long epoch;

  /** The greatest offset that is sent, settled or not for this session. */
  private long sent;

  /** The greatest offset of which we have heard. */
  private long known;

  /** While not live: up to here was read. */
  private long readAfter;

  private boolean asked;
  private boolean over;
  private boolean lookAgain;
  private @Nullable Unacknowledged inFlight;
  private @Nullable Settling settling;

  /**
   * @param seen offset that the client named; MAX_VALUE: none
   */
  UserCursor(Session session, StreamHead head, long seen, StreamContext context, LaneStreams lane) {
    this.session = session;
    this.stream = StreamKey.ofUser(session.info().user());
    this.context = context;
    this.lane = lane;
    this.seen = Math.min(seen, head.lastOffset());
    this.epoch = head.epoch();
    this.known = head.lastOffset();
  }

  /** Sends what was missed, then goes live. Also after the stream's beginning was looked at. */
  void begin() {
    read(0);
  }

  /** A message of the user's stream, committed. True: to be written now. */
  boolean admits(StoredMessage stored) {
    if (over) {
      return false;
    }
    if (stored.epoch() != epoch) {
      newEpoch(stored.epoch());
    }
    known = Math.max(known, stored.offset());
    if (stored.offset() <= sent || mode != Mode.LIVE) {
      return false;
    }
    if (stored.offset() != sent + 1) {
      read(sent);
      return false;
    }
    if (!isForUs(stored) || Notices.expired(stored, context.clock().instant())) {
      sent = stored.offset();
      return false;
    }
    if (windowFull()) {
      block(sent);
      return false;
    }
    return true;
  }

  /** What {@link #admits} has said yes to is written. */
  void written(StoredMessage stored) {
    sent = Math.max(sent, stored.offset());
    track(stored);
  }

  /** What {@link #admits} has said yes to found no room. */
  void noRoom() {
    block(sent);
  }

  /**
   * Goes on after this offset when the client takes bytes or acknowledges, or at a tick: a large
   * message may have found no room on a connection that takes all it is sent.
   */
  private void block(long after) {
    mode = Mode.BLOCKED;
    readAfter = after;
    lane.watch(this);
  }

  private void newEpoch(long newEpoch) {
    forget(newEpoch);
    if (asked) {
      read(0);
    } else {
      mode = Mode.LIVE;
    }
  }

  /** What we know is of another epoch. */
  private void forget(long newEpoch) {
    epoch = newEpoch;
    sent = 0;
    known = 0;
    inFlight = null;
    settling = null;
  }

  private boolean isForUs(StoredMessage stored) {
    Recipients recipients = stored.message().recipients();
    return recipients.device().map(session.info().device()::equals).orElse(true)
        && recipients.session().map(session.info().id()::equals).orElse(true);
  }

  private boolean windowFull() {
    return inFlight != null && inFlight.size() >= context.config().window();
  }

  private void track(StoredMessage stored) {
    if (inFlight == null) {
      inFlight = new Unacknowledged();
    }
    lane.watch(this);
    inFlight.add(stored, System.nanoTime() + context.waitNs(stored.attempts()));
    context.sent(stored, session.info(), stored.attempts() + 1);
  }

  /** Asks for what comes after an offset; what is in flight already is not sent twice. */
  private void read(long after) {
    mode = Mode.READING;
    readAfter = after;
    if (asked) {
      lookAgain = true;
      return;
    }
    asked = true;
    lookAgain = false;
    if (settling != null) {
      settling.tidy();
    }
    long askedKnown = known;
    int limit = PAGE;
    long had = Math.max(seen, sent); // what was sent here is not missed, whoever took it
    ask(readAfter, had, limit, page -> page(page, limit, askedKnown));
  }

  private void ask(long after, long had, int limit, Consumer<List<StoredMessage>> then) {
    SessionInfo of = session.info();
    context
        .reader()
        .ask(
            new UserPage(of.user(), of.device(), of.id(), after, had, limit),
            session.connection().lane().loop(),
            then);
  }

  private void page(List<StoredMessage> page, int limit, long askedKnown) {
    asked = false;
    if (over || session.state() == SessionState.CLOSED) {
      return;
    }
    if (!lane.awake()) {
      block(readAfter);
      return;
    }
    if (lookAgain) {
      read(readAfter);
      return;
    }
    boolean wrote = false;
    long committed = askedKnown;
    for (StoredMessage stored : page) {
      if (stored.epoch() != epoch) {
        forget(stored.epoch());
        committed = 0;
      }
      known = Math.max(known, stored.offset());
      if (!isOurs(stored.offset()) && !superseded(stored) && !tooLate(stored)) {
        if (windowFull() || !write(stored)) {
          block(readAfter);
          break;
        }
        wrote = true;
      }
      readAfter = stored.offset();
      sent = Math.max(sent, stored.offset());
    }
    if (wrote) {
      session.connection().flushSoon();
    }
    if (mode == Mode.BLOCKED) {
      return;
    }
    if (page.size() >= limit) {
      read(readAfter);
    } else {
      // All that was known when we asked had been committed by then: what is not in the page is
      // settled, or not for us.
      sent = Math.max(sent, committed);
      mode = Mode.LIVE;
      if (known > sent) {
        read(sent);
      }
    }
  }

  /** Sent on this connection, and not in vain so far. */
  private boolean isOurs(long offset) {
    return (inFlight != null && inFlight.contains(offset))
        || (settling != null && settling.contains(offset));
  }

  private boolean tooLate(StoredMessage stored) {
    return Notices.expired(stored, context.clock().instant());
  }

  /** Of what waited, only the newest of a key is sent, and nothing older than what was taken. */
  private boolean superseded(StoredMessage stored) {
    if (stored.newer() == 0) {
      return false;
    }
    settling(
        stored.offset(),
        context.settle(
            stored,
            MessageState.CONFLATED,
            "a newer message of the same key stands at offset " + stored.newer()));
    lane.watch(this);
    return true;
  }

  private boolean write(StoredMessage stored) {
    if (!Notices.send(stored, session.connection())) {
      return false;
    }
    track(stored);
    return true;
  }

  /** False if it is of no message that this session can have had. */
  boolean acknowledge(Ack ack) {
    Long offset = inFlight == null ? null : inFlight.find(ack, epoch);
    Unacknowledged.Entry entry =
        offset == null || inFlight == null ? null : inFlight.remove(offset);
    if (offset != null && entry != null) {
      settling(
          offset, context.acknowledged(stream, epoch, offset, entry.expected, session.info(), ack));
      released();
      return true;
    }
    boolean plausible =
        ack.getStream().equals(StreamNames.USER)
            && ack.getEpoch() == epoch
            && ack.getOffset() > 0
            && ack.getOffset() <= known;
    // Of an earlier connection, or the second time: the database knows.
    return plausible && context.lateAck(stream, epoch, session.info(), ack);
  }

  /** It has its outcome, and may still look open in a page that is read now. */
  private void settling(long offset, Ledger.Slip slip) {
    if (settling == null) {
      settling = new Settling();
    }
    settling.add(offset, slip);
  }

  private void released() {
    if (inFlight != null && inFlight.isEmpty()) {
      inFlight = null;
    }
    int open = inFlight == null ? 0 : inFlight.size();
    if (mode == Mode.BLOCKED && open <= context.config().window() / 2) {
      read(readAfter);
    }
  }

  /** The client takes bytes again. */
  void writable() {
    if (mode == Mode.BLOCKED && !windowFull()) {
      read(readAfter);
    }
  }

  /** Something may wait that nobody has told us of: look from the beginning. */
  void look() {
    if (!over) {
      read(0);
    }
  }

  /** What was not acknowledged in time is sent again. */
  @Override
  public void tick(long nowNs) {
    if (settling != null && !asked) { // a page under way may be older than what is written now
      settling.tidy();
      settling = settling.isEmpty() ? null : settling;
    }
    sendOverdue(nowNs);
    if (mode == Mode.BLOCKED && !windowFull() && session.connection().pendingBytes() == 0) {
      read(readAfter);
    }
    if (inFlight == null && settling == null && mode != Mode.BLOCKED) {
      lane.unwatch(this);
    }
  }

  private void sendOverdue(long nowNs) {
    if (inFlight == null) {
      return;
    }
    for (Unacknowledged.Late late :
        inFlight.late(nowNs, context.config().maxAckTimeout().toNanos())) {
      context.inVain(
          stream,
          epoch,
          late,
          session.info(),
          () -> session.onLoop(() -> sendAgain(late.offset())));
    }
  }

  private void sendAgain(long offset) {
    if (over || inFlight == null || !inFlight.contains(offset)) {
      return;
    }
    ask(offset - 1, Long.MAX_VALUE, 1, page -> again(offset, page));
  }

  private void again(long offset, List<StoredMessage> page) {
    if (!lane.awake() || over || inFlight == null || !inFlight.contains(offset)) {
      return;
    }
    boolean stillOpen = !page.isEmpty() && page.getFirst().offset() == offset;
    if (!stillOpen) {
      var _ = inFlight.remove(offset);
      released();
      return;
    }
    if (write(page.getFirst())) {
      session.connection().flushSoon();
      return;
    }
    // It goes with what else waits for room.
    var _ = inFlight.remove(offset);
    long before = offset - 1;
    if (asked) {
      read(Math.min(readAfter, before));
    } else {
      block(Math.min(mode == Mode.LIVE ? sent : readAfter, before));
    }
  }

  void over() {
    over = true;
    inFlight = null;
    settling = null;
    lane.unwatch(this);
  }
}
