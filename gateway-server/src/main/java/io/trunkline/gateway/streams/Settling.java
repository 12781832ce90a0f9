package io.trunkline.gateway.streams;

import java.util.LinkedHashMap;

/**
 * Messages that a session has acknowledged, or that a newer one of their key has taken the place
 * of, and that may still look open in the database. Confined to the session's event loop.
 */
final class Settling {
  private final LinkedHashMap<Long, Ledger.Slip> waiting = new LinkedHashMap<>(4);

  void add(long offset, Ledger.Slip slip) {
    waiting.put(offset, slip);
  }

  boolean contains(long offset) {
    return waiting.containsKey(offset);
  }

  /** Forgets what is in the database: a page that is asked for after this does not have it. */
  void tidy() {
    waiting.values().removeIf(Ledger.Slip::isWritten);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }
}
