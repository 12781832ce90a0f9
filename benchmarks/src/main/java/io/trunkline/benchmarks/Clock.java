package io.trunkline.benchmarks;

import java.util.concurrent.TimeUnit;

/** Waiting. */
final class Clock {
  private Clock() {}

  static void pause(long millis) throws BenchmarkException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    }
  }
}
