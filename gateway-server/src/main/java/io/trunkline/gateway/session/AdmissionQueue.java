package io.trunkline.gateway.session;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Gives each client that wants a session a place in time. Time is cut into slots of 100 ms, each
 * with as many places as the rate allows. Who comes takes the first free one: if it lies in the
 * last second (the burst) or now, it comes in; if it lies ahead, it is told to come then, and the
 * place is kept for it. So clients that were turned away come back at the rate, not all at once,
 * and one that comes at its time does not meet newcomers before it.
 *
 * <p>A quarter of the places ahead is kept for clients with a resume token, whose sessions and
 * messages wait; while such clients are in the queue, three quarters. A place whose client does not
 * come is free for anybody half a second later, so that neither a client that stays away nor one
 * that is not recognized (it went through another node, or has a new token) costs capacity.
 *
 * <p>Nothing is allocated for a client, nothing waits, and any thread may call: all that is known
 * stands in two arrays of fixed size.
 */
final class AdmissionQueue {
  static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Nobody is told to wait for longer: a minute, half of the default grace time of a session. */
  static final int HORIZON_SLOTS = 600;

  /** So late, 10 s, a client may come for its place. */
  static final int HOLD_SLOTS = 100;

  /** After so long, half a second, what a client did not come for may be taken by others. */
  private static final int RELEASE_SLOTS = 5;

  /** Clients with a resume token were turned away so lately, 5 s, that more are to be expected. */
  private static final int CONTENDED_SLOTS = 50;

  private static final int RING = 1024; // over horizon, hold and burst together
  private static final double SLOTS_A_SECOND = 10;

  private final double perSlot;
  private final int burstSlots;
  private final long originNanos;
  private final AtomicLongArray slots = new AtomicLongArray(RING);
  private final PlacesGiven given;
  private volatile long returningDeferredAt = -CONTENDED_SLOTS;

  /**
   * @param rate places a second, from 1 to 50,000
   * @param burst how old a free place may be and is taken still; 1 s to 10 s
   */
  AdmissionQueue(int rate, Duration burst, long nowNanos) {
    perSlot = rate / SLOTS_A_SECOND;
    burstSlots = (int) (burst.toNanos() / SLOT_NANOS);
    originNanos = nowNanos - RING * SLOT_NANOS; // so that all slots have positive numbers
    given = new PlacesGiven((int) Math.min(1 << 18, (long) rate * HORIZON_SLOTS / 5));
  }

  /**
   * A client has come.
   *
   * @param who the same number each time it comes
   * @param returning it has a session to go on with, as it says
   * @return 0 if it may come in now, else milliseconds until it should come again
   */
  int arrive(long nowNanos, int who, boolean returning) {
    long now = (nowNanos - originNanos) / SLOT_NANOS;
    long place = given.of(who);
    if (place > now) {
      return millisUntil(place, nowNanos); // too early
    }
    if (place != PlacesGiven.NONE && given.take(who, place) && now - place <= HOLD_SLOTS) {
      change(place, Slot.CLAIM);
      return 0;
    }
    for (long slot = now - burstSlots; slot <= now + HORIZON_SLOTS; slot++) {
      if (!takeFreePlace(slot, now, returning)) {
        continue;
      }
      if (slot <= now) {
        return 0;
      }
      noteDeferred(now, returning);
      given.put(who, slot, now - HOLD_SLOTS);
      return millisUntil(slot, nowNanos);
    }
    noteDeferred(now, returning);
    int horizonMs = (int) TimeUnit.NANOSECONDS.toMillis(HORIZON_SLOTS * SLOT_NANOS);
    return ThreadLocalRandom.current().nextInt(horizonMs / 2, horizonMs);
  }

  private void noteDeferred(long now, boolean returning) {
    if (returning) {
      returningDeferredAt = now;
    }
  }

  /** A random moment in the slot, so that those of one slot do not come at once. */
  private int millisUntil(long slot, long nowNanos) {
    long at = originNanos + slot * SLOT_NANOS + ThreadLocalRandom.current().nextLong(SLOT_NANOS);
    return (int) TimeUnit.NANOSECONDS.toMillis(at - nowNanos) + 1;
  }

  private boolean takeFreePlace(long slot, long now, boolean returning) {
    int capacity = capacity(slot);
    while (true) {
      long raw = slots.get(index(slot));
      long word = Slot.current(raw, lap(slot));
      boolean released = slot <= now - RELEASE_SLOTS;
      int taken = Slot.used(word) + (released ? 0 : Slot.promised(word));
      if (taken >= capacity
          || (!released && !returning && Slot.fresh(word) >= forNewcomers(capacity, now))) {
        return false;
      }
      long next = word + (slot <= now ? Slot.USE : Slot.PROMISE) + (returning ? 0 : Slot.FRESH);
      if (slots.compareAndSet(index(slot), raw, next)) {
        return true;
      }
    }
  }

  private int forNewcomers(int capacity, long now) {
    int quarter = capacity / 4;
    return now - returningDeferredAt < CONTENDED_SLOTS ? Math.max(1, quarter) : capacity - quarter;
  }

  private void change(long slot, long by) {
    while (true) {
      long raw = slots.get(index(slot));
      if (Slot.promised(raw) == 0 || Slot.current(raw, lap(slot)) != raw) {
        return; // the slot's time is over
      }
      if (slots.compareAndSet(index(slot), raw, raw + by)) {
        return;
      }
    }
  }

  /** Whole places, so that they come to the rate over several slots. */
  private int capacity(long slot) {
    return (int) ((long) ((slot + 1) * perSlot) - (long) (slot * perSlot));
  }

  private static int index(long slot) {
    return (int) (slot % RING);
  }

  private static long lap(long slot) {
    return slot / RING;
  }

  /**
   * What is known of a slot, in one word: its lap of the ring, places promised to clients that have
   * not come yet, places that newcomers have of both, places used.
   */
  private static final class Slot {
    private static final int FIELD_BITS = 14;
    private static final long FIELD = (1 << FIELD_BITS) - 1;
    private static final int LAP_SHIFT = 3 * FIELD_BITS;

    static final long USE = 1;
    static final long FRESH = 1L << FIELD_BITS;
    static final long PROMISE = 1L << (2 * FIELD_BITS);

    /** Who was promised a place has come. */
    static final long CLAIM = USE - PROMISE;

    private Slot() {}

    /** The word, or an empty one if it is of an earlier lap. */
    static long current(long word, long lap) {
      long tag = (lap << LAP_SHIFT) >>> LAP_SHIFT;
      return word >>> LAP_SHIFT == tag ? word : tag << LAP_SHIFT;
    }

    static int used(long word) {
      return (int) (word & FIELD);
    }

    static int fresh(long word) {
      return (int) (word >>> FIELD_BITS & FIELD);
    }

    static int promised(long word) {
      return (int) (word >>> (2 * FIELD_BITS) & FIELD);
    }
  }
}
