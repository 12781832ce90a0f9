package io.trunkline.jms;

import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/** Lets one log line through per interval and counts the others. Thread-safe. */
final class LogLimit {
  private final long intervalNs;
  private final LongSupplier nanoTime;
  private long lastNs;
  private int skipped = -1;

  LogLimit(long intervalNs, LongSupplier nanoTime) {
    this.intervalNs = intervalNs;
    this.nanoTime = nanoTime;
  }

  /** Calls the logger, with the number of lines left out since the last one, or does nothing. */
  void log(IntConsumer logger) {
    int leftOut;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (skipped >= 0 && now - lastNs < intervalNs) {
        skipped++;
        return;
      }
      leftOut = Math.max(0, skipped);
      skipped = 0;
      lastNs = now;
    }
    logger.accept(leftOut);
  }
}
