package io.trunkline.gateway.session;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** When something that happens often may be logged again: every ten seconds. Any thread. */
final class RateLimitedSaying {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final AtomicLong nextAt = new AtomicLong(System.nanoTime());

  boolean may() {
    long now = System.nanoTime();
    long next = nextAt.get();
    return now - next >= 0 && nextAt.compareAndSet(next, now + INTERVAL_NANOS);
  }
}
