package io.trunkline.gateway.streams;

import io.netty.buffer.ByteBufAllocator;
import io.trunkline.gateway.streams.LaneStreams.LaneStream;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.EncodedFrame;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.gateway.transport.Outbound;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The streams for many that somebody on this node follows, and the way of their messages to the
 * event loops. Thread-safe.
 */
final class ManyStreams {
  /** Streams asked for with one query. */
  private static final int HEADS = 1_000;

  private final MessageStore store;
  private final StreamContext context;
  private final Map<Lane, LaneStreams> lanes;
  private final ConcurrentHashMap<StreamKey, ManyStream> followed = new ConcurrentHashMap<>();
  private final ManyStream broadcasts;

  ManyStreams(MessageStore store, StreamContext context, Map<Lane, LaneStreams> lanes) {
    this.store = store;
    this.context = context;
    this.lanes = lanes;
    this.broadcasts = new ManyStream(StreamKey.ofBroadcasts(), store);
    followed.put(broadcasts.key(), broadcasts);
  }

  ManyStream broadcasts() {
    return broadcasts;
  }

  /**
   * Makes sure that this node takes the topic's messages, for one more session. Blocks.
   *
   * @return where it stands, for who wants to go on from an earlier place
   */
  StreamHead follow(StreamKey topic) {
    ManyStream stream = change(topic, 1);
    try {
      StreamHead head = store.heads(List.of(topic)).getOrDefault(topic, StreamHead.EMPTY);
      stream.prepare(head);
      return head;
    } catch (RuntimeException e) {
      unfollow(topic);
      throw e;
    }
  }

  private ManyStream change(StreamKey topic, int followers) {
    return followed.compute(
        topic,
        (key, present) -> {
          ManyStream stream = present == null ? new ManyStream(key, store) : present;
          stream.follow(followers);
          return stream;
        });
  }

  void unfollow(StreamKey topic) {
    followed.computeIfPresent(topic, (key, present) -> present.follow(-1) <= 0 ? null : present);
  }

  boolean isFollowed(StreamKey key) {
    return followed.containsKey(key);
  }

  ManyStream find(StreamKey key) {
    ManyStream stream = followed.get(key);
    return stream == null ? new ManyStream(key, store) : stream;
  }

  /** A message has come to this node; blocks while earlier ones are read. */
  void arrived(StoredMessage stored) {
    ManyStream stream = followed.get(stored.message().stream());
    if (stream != null) {
      stream.arrived(stored, this::dispatch);
    }
  }

  /** Looks for messages of which nobody has told this node. Blocks. */
  void look() {
    List<StreamKey> keys = List.copyOf(followed.keySet());
    for (int from = 0; from < keys.size(); from += HEADS) {
      List<StreamKey> some = keys.subList(from, Math.min(keys.size(), from + HEADS));
      store
          .heads(some)
          .forEach(
              (key, head) -> {
                ManyStream stream = followed.get(key);
                if (stream != null) {
                  stream.look(head, this::dispatch);
                }
              });
    }
  }

  private void dispatch(StoredMessage stored) {
    EncodedFrame frame = new EncodedFrame(ByteBufAllocator.DEFAULT, Notices.frame(stored));
    if (lanes.size() > 1) {
      frame.retain(lanes.size() - 1);
    }
    var answers = new Answers(stored, lanes.size());
    TopicCounts.Tally tally = context.topics().stored(stored);
    lanes.forEach((lane, streams) -> lane.submit(new Part(frame, streams, answers, tally)));
  }

  /** What a lane of this node knows of streams. */
  LaneStreams of(Lane lane) {
    LaneStreams streams = lanes.get(lane);
    if (streams == null) {
      throw new IllegalArgumentException("a lane of another node");
    }
    return streams;
  }

  /** The sessions of a lane that follow a topic, for what is not stored. Event loop. */
  List<Connection> followers(StreamKey topic, Lane lane) {
    LaneStreams streams = lanes.get(lane);
    LaneStream stream = streams == null ? null : streams.find(topic);
    return stream == null ? List.of() : connections(stream.followers());
  }

  private static List<Connection> connections(Collection<ManyCursor> cursors) {
    List<Connection> connections = new ArrayList<>(cursors.size());
    for (ManyCursor cursor : cursors) {
      connections.add(cursor.session().connection());
    }
    return connections;
  }

  /**
   * Whether all recipients on this node have answered: then the summary need not wait. One who is
   * too slow to have been sent it keeps it open, for as long as summaries wait.
   */
  private final class Answers implements ManyCursor.Waiting {
    private final StoredMessage stored;
    private final AtomicInteger open;

    Answers(StoredMessage stored, int parts) {
      this.stored = stored;
      this.open = new AtomicInteger(parts);
    }

    void expectOne() {
      open.incrementAndGet();
    }

    @Override
    public String messageId() {
      return stored.message().id();
    }

    @Override
    public Expected expected() {
      return stored.message().expected();
    }

    @Override
    public void answered() {
      if (open.decrementAndGet() == 0
          && stored.message().replyTo().isPresent()
          && context.alone().getAsBoolean()) {
        context.ledger().closeMany(stored.message().stream(), stored.epoch(), stored.offset());
      }
    }
  }

  private static final class Part implements Outbound {
    private final StoredMessage stored;
    private final EncodedFrame frame;
    private final LaneStreams streams;
    private final Answers answers;
    private final TopicCounts.Tally tally;

    Part(EncodedFrame frame, LaneStreams streams, Answers answers, TopicCounts.Tally tally) {
      this.stored = answers.stored;
      this.frame = frame;
      this.streams = streams;
      this.answers = answers;
      this.tally = tally;
    }

    @Override
    public EncodedFrame frame() {
      return frame;
    }

    @Override
    public boolean forAll() {
      return false;
    }

    @Override
    public Collection<Connection> recipients(Lane lane) {
      LaneStream stream = streams.find(stored.message().stream());
      if (stream == null) {
        return List.of();
      }
      stream.advance(stored.epoch(), stored.offset());
      return connections(stream.followers());
    }

    @Override
    public boolean admits(Connection connection) {
      return cursor(connection)
          .map(
              cursor -> {
                if (cursor.isBehind()) {
                  answers.expectOne();
                }
                return cursor.admits(stored);
              })
          .orElse(false);
    }

    private Optional<ManyCursor> cursor(Connection connection) {
      return SessionCursors.of(connection.owner())
          .flatMap(cursors -> cursors.many(stored.message().stream()));
    }

    /** It waits in the database. */
    @Override
    public boolean mayWait() {
      return false;
    }

    @Override
    public boolean tracked() {
      return true;
    }

    @Override
    public void written(Connection connection) {
      tally.countSent(1);
      cursor(connection)
          .ifPresent(
              cursor -> {
                cursor.written(stored);
                if (stored.message().expected() != Expected.NOTHING) {
                  answers.expectOne();
                  cursor.await(stored.offset(), answers);
                }
              });
    }

    @Override
    public void dropped(Connection connection, Drop why) {
      if (why == Drop.SLOW) {
        tally.countDeferred();
        answers.expectOne();
        cursor(connection).ifPresent(ManyCursor::noRoom);
      }
    }

    @Override
    public void done() {
      answers.answered();
    }
  }
}
