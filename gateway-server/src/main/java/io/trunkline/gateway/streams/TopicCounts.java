package io.trunkline.gateway.streams;

import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What messages for many came to on this node, topic by topic, since its start. There may be any
 * number of topics, so only {@code streams.counted-topics} have counters of their own: a topic gets
 * them with its first message while there are some left, and keeps them until they are wanted by
 * another and it has been silent for {@link #IDLE_NS}. All others are counted together, and so is
 * what a topic had when it lost its counters: so the sums never fall, and names of topics do not
 * come and go faster than that, which is what a metrics database suffers from.
 *
 * <p>Thread-safe. Event loops only look up and count, without a lock; who gives out counters may
 * wait a moment for another who does.
 */
public final class TopicCounts {
  /** A topic that had no message for so long may lose its counters to another. */
  static final long IDLE_NS = TimeUnit.MINUTES.toNanos(10);

  /** While nothing is to be had, it is looked for idle ones no oftener than this. */
  private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);

  private final int most;
  private final LongSupplier nanoClock;
  private final ConcurrentHashMap<String, Tally> topics = new ConcurrentHashMap<>();
  private final AtomicReference<Watcher> watcher = new AtomicReference<>(Watcher.NOBODY);
  private final Tally broadcasts;
  private final Tally audiences;
  private final Tally others;
  private long nextLookNs; // guarded by this

  /**
   * @param most topics with counters of their own
   * @param nanoClock as {@link System#nanoTime}
   */
  TopicCounts(int most, LongSupplier nanoClock) {
    this.most = most;
    this.nanoClock = nanoClock;
    this.nextLookNs = nanoClock.getAsLong();
    this.broadcasts = new Tally(Kind.BROADCAST, "", nextLookNs);
    this.audiences = new Tally(Kind.AUDIENCE, "", nextLookNs);
    this.others = new Tally(Kind.OTHER, "", nextLookNs);
  }

  /** What a tally is about. */
  public enum Kind {
    TOPIC,
    /** Messages for everyone. */
    BROADCAST,
    /** Messages for a selector. */
    AUDIENCE,
    /** All topics without counters of their own. */
    OTHER
  }

  /** Is told which tallies there are, while it is being decided. */
  public interface Watcher {
    Watcher NOBODY =
        new Watcher() {
          @Override
          public void added(Tally tally) {}

          @Override
          public void removed(Tally tally) {}
        };

    void added(Tally tally);

    void removed(Tally tally);
  }

  /** The counters of one topic, or of all messages of a kind. */
  public static final class Tally {
    private final Kind kind;
    private final String topic;
    private final LongAdder messages = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder conflated = new LongAdder();
    private final LongAdder deferred = new LongAdder();
    private volatile long usedNs;

    Tally(Kind kind, String topic, long nowNs) {
      this.kind = kind;
      this.topic = topic;
      this.usedNs = nowNs;
    }

    public Kind kind() {
      return kind;
    }

    /** Empty unless it is about one topic. */
    public String topic() {
      return topic;
    }

    /** A message has come to this node. */
    private Tally message(long nowNs) {
      messages.increment();
      usedNs = nowNs;
      return this;
    }

    /** It was written to so many connections. */
    public void countSent(long connections) {
      sent.add(connections);
    }

    /** A client that was too slow will never get so many messages. */
    public void countDropped(long count) {
      dropped.add(count);
    }

    /** A newer message of the same key took the place of one that waited for a slow client. */
    public void countConflated() {
      conflated.increment();
    }

    /** A client was too slow for a stored message, and reads it from the history later. */
    public void countDeferred() {
      deferred.increment();
    }

    /** Messages that came to this node while somebody here followed the topic. */
    public long messages() {
      return messages.sum();
    }

    /** Writes to connections; one message to a hundred clients is a hundred. */
    public long sent() {
      return sent.sum();
    }

    public long dropped() {
      return dropped.sum();
    }

    public long conflated() {
      return conflated.sum();
    }

    public long deferred() {
      return deferred.sum();
    }

    /**
     * What is under way to the old topic at this moment, after ten silent minutes, is not moved.
     */
    private void add(Tally gone) {
      messages.add(gone.messages());
      sent.add(gone.sent());
      dropped.add(gone.dropped());
      conflated.add(gone.conflated());
      deferred.add(gone.deferred());
    }
  }

  /** Topics with counters of their own, at the most. */
  public int most() {
    return most;
  }

  /** All there are: at most {@link #most} topics and one for each other kind. */
  public List<Tally> all() {
    List<Tally> all = new ArrayList<>(List.of(broadcasts, audiences, others));
    all.addAll(topics.values());
    return all;
  }

  /** From now on it is told; first of all there are. One watcher. */
  public synchronized void watch(Watcher newWatcher) {
    watcher.set(newWatcher);
    all().forEach(newWatcher::added);
  }

  /** Nobody is told any more. */
  public synchronized void unwatch() {
    watcher.set(Watcher.NOBODY);
  }

  /** A message for everyone has come. */
  public Tally broadcast() {
    return broadcasts.message(nanoClock.getAsLong());
  }

  /** A message for an audience has come. */
  public Tally audience() {
    return audiences.message(nanoClock.getAsLong());
  }

  /** A message of a topic that somebody follows has come. Not from an event loop. */
  public Tally topic(String topic) {
    long nowNs = nanoClock.getAsLong();
    Tally known = topics.get(topic);
    return (known == null ? admit(topic, nowNs) : known).message(nowNs);
  }

  /** A stored message for many has come. Not from an event loop. */
  Tally stored(StoredMessage stored) {
    NewMessage message = stored.message();
    if (message.stream().kind() == StreamKey.Kind.TOPIC) {
      return topic(message.stream().name());
    }
    return isForAudience(stored) ? audience() : broadcast();
  }

  /** Where a stored message that is read later is counted. Any thread; never waits. */
  Tally find(StoredMessage stored) {
    return isForAudience(stored) ? audiences : find(stored.message().stream());
  }

  /** Where what happens to a stream is counted. Any thread; never waits. */
  Tally find(StreamKey stream) {
    return stream.kind() == StreamKey.Kind.TOPIC
        ? topics.getOrDefault(stream.name(), others)
        : broadcasts;
  }

  private static boolean isForAudience(StoredMessage stored) {
    return stored.message().recipients().selector().isPresent();
  }

  private synchronized Tally admit(String topic, long nowNs) {
    Tally known = topics.get(topic);
    if (known != null) {
      return known;
    }
    if (topics.size() >= most && !dismissOne(nowNs)) {
      return others;
    }
    var fresh = new Tally(Kind.TOPIC, topic, nowNs);
    topics.put(topic, fresh);
    watcher.get().added(fresh);
    return fresh;
  }

  /** Makes room by the topic that has been silent longest; false if all have been heard of. */
  private boolean dismissOne(long nowNs) {
    if (nowNs - nextLookNs < 0) {
      return false;
    }
    Tally longest = null;
    for (Tally tally : topics.values()) {
      if (longest == null || tally.usedNs - longest.usedNs < 0) {
        longest = tally;
      }
    }
    if (longest == null || nowNs - longest.usedNs < IDLE_NS) {
      nextLookNs = nowNs + LOOK_NS;
      return false;
    }
    topics.remove(longest.topic());
    watcher.get().removed(longest);
    others.add(longest);
    return true;
  }
}
