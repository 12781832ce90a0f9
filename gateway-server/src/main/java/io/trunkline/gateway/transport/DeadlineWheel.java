package io.trunkline.gateway.transport;

import org.jspecify.annotations.Nullable;

/**
 * Deadlines of one event loop's connections in a ring of buckets, one per tick. A connection stands
 * in one bucket; traffic only changes its deadline, and when its bucket comes up it is moved on or
 * handed out. So a tick costs what is due, not what is connected, and a read costs nothing.
 * Confined to the event loop.
 */
final class DeadlineWheel {
  private static final int BUCKETS = 256;

  /** Takes what is due. */
  interface Due {
    void reached(Entry entry);
  }

  /** What stands in the wheel; an entry is in at most one wheel. */
  abstract static class Entry {
    private @Nullable Entry previous;
    private @Nullable Entry next;
    private int bucket = -1;

    /** The tick at which this is due now; may have moved since the entry was placed. */
    abstract long deadlineTick();
  }

  private final @Nullable Entry[] buckets = new @Nullable Entry[BUCKETS];
  private long tick;

  /** Ticks since the start. */
  long tick() {
    return tick;
  }

  /** Puts the entry where its deadline says, from wherever it was. */
  void place(Entry entry) {
    remove(entry);
    // Further than one turn: it is looked at once a turn.
    long ticks = Math.clamp(entry.deadlineTick() - tick, 1, BUCKETS - 1);
    int bucket = (int) ((tick + ticks) % BUCKETS);
    Entry first = buckets[bucket];
    entry.next = first;
    entry.bucket = bucket;
    if (first != null) {
      first.previous = entry;
    }
    buckets[bucket] = entry;
  }

  void remove(Entry entry) {
    if (entry.bucket < 0) {
      return;
    }
    Entry previous = entry.previous;
    Entry next = entry.next;
    if (previous == null) {
      buckets[entry.bucket] = next;
    } else {
      previous.next = next;
    }
    if (next != null) {
      next.previous = previous;
    }
    entry.previous = null;
    entry.next = null;
    entry.bucket = -1;
  }

  /** Goes on by one tick; {@code due} gets what has reached its deadline, out of the wheel. */
  void advance(Due due) {
    tick++;
    int bucket = (int) (tick % BUCKETS);
    // Nothing is placed into the bucket that is being emptied: place() stays under a whole turn.
    for (Entry entry = buckets[bucket]; entry != null; entry = buckets[bucket]) {
      remove(entry);
      if (entry.deadlineTick() <= tick) {
        due.reached(entry);
      } else {
        place(entry);
      }
    }
  }
}
