package io.trunkline.gateway.session;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Who was given which place, for {@link AdmissionQueue}: a hash table of fixed size. When it is
 * full, somebody's place is forgotten; the client is a newcomer then. Any thread.
 */
final class PlacesGiven {
  static final long NONE = -1;

  private static final int PROBES = 8;

  /** The upper half is the client, the lower the slot; 0 is free. */
  private final AtomicLongArray table;

  private final int mask;

  /**
   * @param places that it should have room for
   */
  PlacesGiven(int places) {
    int size = Integer.highestOneBit(Math.max(PROBES, places) - 1) << 1;
    table = new AtomicLongArray(size);
    mask = size - 1;
  }

  private static int start(int who) {
    int mixed = who * 0x9E3779B9; // a hash code's low bits are not spread well
    return mixed ^ mixed >>> 16;
  }

  private static long entry(int who, long slot) {
    return ((long) who << 32) | slot;
  }

  private static long slot(long entry) {
    return entry & 0xffff_ffffL;
  }

  private int index(int who, int probe) {
    return start(who) + probe & mask;
  }

  /** The client's place; {@link #NONE}. */
  long of(int who) {
    for (int probe = 0; probe < PROBES; probe++) {
      long entry = table.get(index(who, probe));
      if (entry != 0 && (int) (entry >>> 32) == who) {
        return slot(entry);
      }
    }
    return NONE;
  }

  /** Whether it was there to be taken back. */
  boolean take(int who, long slot) {
    long wanted = entry(who, slot);
    for (int probe = 0; probe < PROBES; probe++) {
      if (table.compareAndSet(index(who, probe), wanted, 0)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Keeps a place for a client.
   *
   * @param over slots before this one are not waited for any more
   */
  void put(int who, long slot, long over) {
    long entry = entry(who, slot);
    for (int probe = 0; probe < PROBES; probe++) {
      int index = index(who, probe);
      long before = table.get(index);
      if ((before == 0 || slot(before) < over) && table.compareAndSet(index, before, entry)) {
        return;
      }
    }
    table.set(index(who, 0), entry);
  }
}
