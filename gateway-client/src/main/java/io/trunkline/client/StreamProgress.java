package io.trunkline.client;

import java.util.Set;
import java.util.TreeSet;

/**
 * How far the application has come in one epoch of a stream. Event loop only.
 *
 * <p>Offsets that never come are not for this client. So the position is the greatest offset that
 * is not over anything seen on this connection ({@code horizon}) and not over anything that came
 * and was not taken over ({@code open}). It never goes back.
 */
final class StreamProgress {
  /** Over so many open messages the position stands still until the next connection. */
  static final int MAX_OPEN = 16_384;

  private final long epoch;
  private final TreeSet<Long> open = new TreeSet<>();
  private long position;
  private long horizon;
  private boolean overfull;

  StreamProgress(long epoch, long position) {
    this.epoch = epoch;
    this.position = position;
    this.horizon = position;
  }

  long epoch() {
    return epoch;
  }

  long position() {
    return position;
  }

  /** Nothing up to {@code offset} comes any more, unless it is sent again. */
  void startsAfter(long offset) {
    raise(offset);
  }

  /** A message came, perhaps again. */
  void received(long offset) {
    if (offset <= position || overfull) {
      return;
    }
    if (open.size() >= MAX_OPEN && !open.contains(offset)) {
      overfull = true;
      return;
    }
    open.add(offset);
    raise(offset);
  }

  void takenOver(long offset) {
    open.remove(offset);
    advance();
  }

  /**
   * The next connection begins, and everything after the position is sent again: what the
   * application gave back comes anew, and until then the position stays before it.
   *
   * @param held what the application still has
   */
  void restart(Set<Long> held) {
    open.retainAll(held);
    horizon = position;
    overfull = false;
  }

  private void raise(long offset) {
    if (!overfull) {
      horizon = Math.max(horizon, offset);
    }
    advance();
  }

  private void advance() {
    long reached = open.isEmpty() ? horizon : Math.min(horizon, open.first() - 1);
    position = Math.max(position, reached);
  }
}
