package io.trunkline.gateway.streams;

import io.netty.buffer.ByteBufAllocator;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.session.SessionStreams;
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
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * The streams of stored messages on this node: cursors of its sessions, what they are still owed,
 * and the books of what they acknowledged. Thread-safe.
 */
public final class Streams implements SessionStreams.Opener, AutoCloseable {
  private final SessionRegistry registry;
  private final HeadReader heads;
  private final PageReader pages;
  private final ReceiptSender sender;
  private final Ledger ledger;
  private final StreamContext context;
  private final ManyStreams many;
  private final StreamOpener opener;
  private final Following following;
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
    MessageStore store = parts.store();
    Map<Lane, LaneStreams> lanes = new HashMap<>();
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
    ManyCursor.Filter filter =
        (session, stored) ->
            stored
                .message()
                .recipients()
                .selector()
                .map(selector -> parts.selectors().matches(selector, session))
                .orElse(true);
    this.opener = new StreamOpener(heads, many, context, filter);
    this.following = new Following(many, context, filter);
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

  /** Who follows which topic. */
  Following following() {
    return following;
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
    return opener.open(user, positions);
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
