package io.trunkline.systemtest.calls;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds out for how long this machine lets nothing of this process run: what callers measure beyond
 * that is the product's.
 */
final class Hiccups implements AutoCloseable {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final AtomicLong longestNanos = new AtomicLong();
  private final Thread thread = Thread.ofPlatform().daemon().name("hiccups").start(this::watch);

  private void watch() {
    while (!Thread.currentThread().isInterrupted()) {
      long before = System.nanoTime();
      LockSupport.parkNanos(STEP_NANOS);
      long pause = System.nanoTime() - before - STEP_NANOS;
      longestNanos.accumulateAndGet(pause, Math::max);
    }
  }

  long longestNanos() {
    return longestNanos.get();
  }

  @Override
  public String toString() {
    return TimeUnit.NANOSECONDS.toMillis(longestNanos()) + " ms";
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
