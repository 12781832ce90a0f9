package io.trunkline.gateway.streams;

import io.trunkline.gateway.transport.Lane;
import io.trunkline.persistence.StreamKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop knows of streams: how far each stream for many has come here and who follows
 * it, and which sessions have something unacknowledged. Confined to that event loop.
 */
final class LaneStreams {
  private static final long TICK_MS = 500;

  private final Set<Watched> watched = new LinkedHashSet<>();
  private final Map<StreamKey, LaneStream> followed = new HashMap<>();
  private final BooleanSupplier awake;

  /** Nothing ever holds it back. */
  LaneStreams() {
    this(() -> true);
  }

  /**
   * @param awake false while it is not known which sessions are still the node's
   */
  LaneStreams(BooleanSupplier awake) {
    this.awake = awake;
  }

  /** Whether cursors may send and count; what is watched is asked again. */
  boolean awake() {
    return awake.getAsBoolean();
  }

  /** A cursor that waits for something that nobody may tell it of. */
  interface Watched {
    /** Some times a second, until unwatched. */
    void tick(long nowNs);
  }

  /** One stream for many, as far as it has come on this event loop. */
  static final class LaneStream {
    final LaneStreams lane;
    final StreamKey key;
    long epoch;
    long last;
    // A list: iterated for each message; a follower leaves by moving the last into its place.
    private final List<ManyCursor> followers = new ArrayList<>();

    LaneStream(LaneStreams lane, StreamKey key, long epoch, long last) {
      this.lane = lane;
      this.key = key;
      this.epoch = epoch;
      this.last = last;
    }

    /** A message has come here. */
    void advance(long newEpoch, long offset) {
      if (newEpoch != epoch) {
        epoch = newEpoch;
        last = offset;
        followers.forEach(ManyCursor::newEpoch);
      } else {
        last = Math.max(last, offset);
      }
    }

    Collection<ManyCursor> followers() {
      return followers;
    }

    void add(ManyCursor cursor) {
      cursor.index = followers.size();
      followers.add(cursor);
    }

    /**
     * A cursor is over. What nobody follows is forgotten by its event loop, where it would not be
     * kept up to date.
     */
    void leave(ManyCursor cursor) {
      lane.unwatch(cursor);
      remove(cursor);
      if (followers.isEmpty()) {
        lane.followed.remove(key, this);
      }
    }

    private void remove(ManyCursor cursor) {
      int index = cursor.index;
      if (index < 0) {
        return;
      }
      ManyCursor moved = followers.removeLast();
      if (moved != cursor) {
        followers.set(index, moved);
        moved.index = index;
      }
      cursor.index = -1;
    }
  }

  /** Starts the look at what is overdue. Any thread. */
  void start(Lane lane) {
    var _ = lane.loop().scheduleAtFixedRate(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    if (!awake()) {
      return;
    }
    long nowNs = System.nanoTime();
    List.copyOf(watched).forEach(cursor -> cursor.tick(nowNs));
  }

  void watch(Watched cursor) {
    watched.add(cursor);
  }

  void unwatch(Watched cursor) {
    watched.remove(cursor);
  }

  /** The stream on this loop; made with where the node is if nobody here follows it. */
  LaneStream stream(StreamKey key, ManyStream of) {
    return followed.computeIfAbsent(
        key, wanted -> new LaneStream(this, key, of.epoch(), of.last()));
  }

  @Nullable LaneStream find(StreamKey key) {
    return followed.get(key);
  }
}
