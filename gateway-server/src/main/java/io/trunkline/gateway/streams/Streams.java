package io.trunkline.gateway.streams;

import io.netty.buffer.ByteBufAllocator;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.session.SessionStreams;
import io.trunkline.gateway.streams.LaneStreams.LaneStream;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.EncodedFrame;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StoredReceipt;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The streams of stored messages on this node: cursors of its sessions, what they are still owed,
 * and the books of what they acknowledged. Thread-safe.
 */
public final class Streams implements SessionStreams.Opener, AutoCloseable {
  private final MessageStore store;
  private final SessionRegistry registry;
  private final HeadReader heads;
  private final PageReader pages;
  private final ReceiptSender sender;
  private final Ledger ledger;
  private final StreamContext context;
  private final Map<Lane, LaneStreams> lanes = new HashMap<>();
  private final ManyStreams many;
  private final ManyCursor.Filter filter;
  private final Upkeep upkeep;
  private final StreamCounts counts = new StreamCounts();
  private final TopicCounts topics;

  /**
   * What streams are made of.
   *
   * @param ackTimeout wait for an acknowledgement before a message is sent again; doubles
   * @param receipts sends receipts; see {@link ReceiptLink}
   * @param selectors evaluates audiences
   * @param alone whether no other node lives
   * @param standing holds back what is the others' to do
   */
  public record Parts(
      String node,
      StreamsConfig config,
      Duration ackTimeout,
      MessageStore store,
      SessionRegistry registry,
      List<Lane> lanes,
      ReceiptWriter writer,
      ReceiptLink receipts,
      SelectorMatch selectors,
      BooleanSupplier alone,
      Standing standing,
      InstantSource clock) {
    public Parts {
      lanes = List.copyOf(lanes);
    }

    /** Starts the threads. */
    public Streams start() {
      return new Streams(this);
    }
  }

  /**
   * How this node stands among the others; both cost next to nothing to ask.
   *
   * @param held whether it may act for the cluster
   * @param awake whether it is known which sessions are still its own
   */
  public record Standing(BooleanSupplier held, BooleanSupplier awake) {}

  /** The way of stored receipts to the broker. */
  public interface ReceiptLink {
    /**
     * Blocks until the broker has them.
     *
     * @return those that can never be delivered
     * @throws Exception if the broker is away
     */
    List<UUID> send(List<StoredReceipt> receipts) throws Exception;
  }

  /** Evaluates a selector over a session's attributes. Any thread; must not throw or block. */
  public interface SelectorMatch {
    boolean matches(String selector, Session session);
  }

  private Streams(Parts parts) {
    this.store = parts.store();
    this.topics = new TopicCounts(parts.config().countedTopics(), System::nanoTime);
    this.registry = parts.registry();
    this.heads = new HeadReader(store);
    this.pages = new PageReader(store);
    this.sender = new ReceiptSender(store, parts.receipts(), counts);
    this.ledger =
        new Ledger(
            parts.node(),
            store,
            parts.writer(),
            sender,
            new Ledger.Limits(parts.config().maxAttempts(), counts));
    this.context =
        new StreamContext(
            parts.node(),
            parts.config(),
            parts.ackTimeout(),
            pages,
            ledger,
            counts,
            topics,
            parts.alone(),
            parts.clock());
    for (Lane lane : parts.lanes()) {
      var streams = new LaneStreams(parts.standing().awake());
      streams.start(lane);
      lanes.put(lane, streams);
    }
    this.many = new ManyStreams(store, context, lanes);
    this.filter =
        (session, stored) ->
            stored
                .message()
                .recipients()
                .selector()
                .map(selector -> parts.selectors().matches(selector, session))
                .orElse(true);
    this.upkeep =
        new Upkeep(
            parts.node(),
            parts.config(),
            store,
            parts.writer(),
            sender,
            new Upkeep.Work(
                this::look, many::look, counts, parts.ackTimeout(), parts.standing().held()));
    StreamKey broadcasts = many.broadcasts().key();
    many.broadcasts()
        .prepare(store.heads(List.of(broadcasts)).getOrDefault(broadcasts, StreamHead.EMPTY));
    upkeep.start();
  }

  public StreamCounts counts() {
    return counts;
  }

  /** What messages for many came to, topic by topic. */
  public TopicCounts topicCounts() {
    return topics;
  }

  /** Acknowledgements and steps that wait to be written. */
  public int ledgerBacklog() {
    return ledger.backlog();
  }

  /** Sends receipts that were committed elsewhere. */
  public void receipts(List<StoredReceipt> receipts) {
    sender.send(receipts);
  }

  /** Settles a message in the gateway's own name. */
  public void settle(StoredMessage stored, MessageState outcome, String why) {
    var _ = context.settle(stored, outcome, why);
  }

  /** Notes that nobody whom a message of a user is for is connected; never blocks. */
  public void waits(StoredMessage stored, String why) {
    context.waits(stored, why);
  }

  /** A committed message of a user: to the user's sessions here. Not from an event loop. */
  public void deliver(StoredMessage stored) {
    List<Session> sessions = registry.ofUser(stored.message().stream().name());
    if (sessions.isEmpty()) {
      return;
    }
    EncodedFrame frame = new EncodedFrame(ByteBufAllocator.DEFAULT, Notices.frame(stored));
    if (sessions.size() > 1) {
      frame.retain(sessions.size() - 1);
    }
    for (Session session : sessions) {
      Connection connection = session.connection();
      connection.lane().submit(new UserOutbound(connection, stored, frame));
    }
  }

  /** A committed message for many: to who follows its stream here. Not from an event loop. */
  public void deliverToMany(StoredMessage stored) {
    many.arrived(stored);
  }

  /** The sessions of a lane that follow a topic. Event loop. */
  public List<Connection> followers(String topic, Lane lane) {
    return many.followers(StreamKey.ofTopic(topic), lane);
  }

  /** Whether any session of this node follows a topic. Any thread. */
  public boolean isFollowed(String topic) {
    return many.isFollowed(StreamKey.ofTopic(topic));
  }

  /**
   * Looks for what the users of these sessions miss: what was stored while the node's lease had
   * ended was put to rest until they come, and they never left. Any thread.
   */
  public void lookForAll(Collection<Session> sessions) {
    sessions.forEach(
        session ->
            session.onLoop(
                () -> SessionCursors.of(session).ifPresent(cursors -> cursors.user().look())));
  }

  /** Somebody says that messages of this user may wait unsent. */
  private void look(String user) {
    for (Session session : registry.ofUser(user)) {
      session.onLoop(() -> SessionCursors.of(session).ifPresent(cursors -> cursors.user().look()));
    }
  }

  @Override
  public SessionStreams.Opening open(String user, List<StreamPosition> positions) {
    StreamKey own = StreamKey.ofUser(user);
    Optional<Map<StreamKey, StreamHead>> known = heads.heads(List.of(own, many.broadcasts().key()));
    Map<String, StreamPosition> seen = new HashMap<>();
    positions.forEach(position -> seen.put(position.getStream(), position));
    return new Opening(own, known, seen);
  }

  private final class Opening implements SessionStreams.Opening {
    private final StreamKey own;
    private final Optional<Map<StreamKey, StreamHead>> known;
    private final Map<String, StreamPosition> seen;
    private @Nullable SessionCursors cursors;

    Opening(
        StreamKey own,
        Optional<Map<StreamKey, StreamHead>> known,
        Map<String, StreamPosition> seen) {
      this.own = own;
      this.known = known;
      this.seen = seen;
    }

    @Override
    public List<StreamStart> attach(Session session) {
      Lane lane = session.connection().lane();
      LaneStreams laneStreams = laneStreams(lane);
      StreamHead ownHead = head(own, StreamHead.EMPTY, seen.get(StreamNames.USER));
      Recovery ofUser = Recovery.of(ownHead, seen.get(StreamNames.USER));
      var user =
          new UserCursor(
              session,
              ownHead,
              ofUser.goesOn() ? ofUser.from() : Long.MAX_VALUE,
              context,
              laneStreams);
      LaneStream broadcast = laneStreams.stream(many.broadcasts().key(), many.broadcasts());
      StreamPosition position = seen.get(StreamNames.BROADCAST);
      var here = new StreamHead(broadcast.epoch, broadcast.last, 0);
      Recovery ofBroadcasts = Recovery.of(head(broadcast.key, here, position), position);
      long from = ofBroadcasts.goesOn() ? ofBroadcasts.from() : broadcast.last;
      var broadcasts = new ManyCursor(session, broadcast, from, context, filter);
      broadcast.add(broadcasts);
      cursors = new SessionCursors(session.info().user(), user, broadcasts, many);
      session.streams(cursors);
      return List.of(
          start(StreamNames.USER, ownHead.epoch(), ofUser.from(), ofUser.recovered()),
          start(StreamNames.BROADCAST, broadcast.epoch, from, ofBroadcasts.recovered()));
    }

    private StreamHead head(StreamKey key, StreamHead here, @Nullable StreamPosition position) {
      return known
          .map(heads -> heads.getOrDefault(key, StreamHead.EMPTY))
          .orElseGet(() -> Recovery.believed(here, position));
    }

    @Override
    public void begin() {
      if (cursors != null) {
        cursors.begin();
      }
    }
  }

  private LaneStreams laneStreams(Lane lane) {
    LaneStreams streams = lanes.get(lane);
    if (streams == null) {
      throw new IllegalArgumentException("a lane of another node");
    }
    return streams;
  }

  private static StreamStart start(String name, long epoch, long from, boolean recovered) {
    return StreamStart.newBuilder()
        .setStream(name)
        .setEpoch(epoch)
        .setStartOffset(from)
        .setRecovered(recovered)
        .build();
  }

  /** What subscribing led to. */
  public sealed interface Subscription {
    record Started(StreamStart start) implements Subscription {}

    record AlreadyThere(StreamStart start) implements Subscription {}

    /** The session ended meanwhile. */
    record Over() implements Subscription {}
  }

  /**
   * Makes the node follow a topic for one more session; then {@link #subscribe} or {@link
   * #unfollow}. Blocks.
   *
   * @throws jakarta.persistence.PersistenceException if the database is away
   */
  public StreamHead follow(String topic) {
    return many.follow(StreamKey.ofTopic(topic));
  }

  /** Takes back {@link #follow}. */
  public void unfollow(String topic) {
    many.unfollow(StreamKey.ofTopic(topic));
  }

  /** How many topics a session follows. Event loop. */
  public int topics(Session session) {
    return SessionCursors.of(session).map(SessionCursors::topicCount).orElse(0);
  }

  /** Whether a session follows a topic. Event loop. */
  public boolean follows(Session session, String topic) {
    return SessionCursors.of(session)
        .flatMap(cursors -> cursors.many(StreamKey.ofTopic(topic)))
        .isPresent();
  }

  /**
   * Lets a session follow a topic. On its event loop, after {@link #follow}; {@link #begin} then
   * sends what it missed.
   */
  public Subscription subscribe(
      Session session, String topic, StreamHead head, Optional<StreamPosition> position) {
    StreamKey key = StreamKey.ofTopic(topic);
    Optional<SessionCursors> cursors = SessionCursors.of(session);
    if (cursors.isEmpty() || !session.connection().isOpen()) {
      unfollow(topic);
      return new Subscription.Over();
    }
    Optional<ManyCursor> present = cursors.get().many(key);
    if (present.isPresent()) {
      unfollow(topic);
      return new Subscription.AlreadyThere(
          start(StreamNames.of(key), head.epoch(), present.get().position(), true));
    }
    LaneStream stream = laneStreams(session.connection().lane()).stream(key, many.find(key));
    Recovery recovery = Recovery.of(head, position.orElse(null));
    long from = recovery.goesOn() ? recovery.from() : stream.last;
    var cursor = new ManyCursor(session, stream, from, context, filter);
    stream.add(cursor);
    cursors.get().add(key, cursor);
    return new Subscription.Started(
        start(StreamNames.of(key), stream.epoch, from, recovery.recovered()));
  }

  /** After the answer to Subscribe: what was missed follows. Event loop. */
  public void begin(Session session, String topic) {
    SessionCursors.of(session)
        .flatMap(cursors -> cursors.many(StreamKey.ofTopic(topic)))
        .ifPresent(ManyCursor::begin);
  }

  /** False if the session did not follow it. Event loop. */
  public boolean unsubscribe(Session session, String topic) {
    StreamKey key = StreamKey.ofTopic(topic);
    Optional<ManyCursor> removed =
        SessionCursors.of(session).flatMap(cursors -> cursors.remove(key));
    removed.ifPresent(
        cursor -> {
          cursor.over();
          many.unfollow(key);
        });
    return removed.isPresent();
  }

  /** Writes what is in hand, then stops. */
  @Override
  public void close() {
    upkeep.close();
    heads.close();
    pages.close();
    ledger.close();
    sender.close();
  }
}
