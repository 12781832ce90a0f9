package io.trunkline.jms;

import java.util.concurrent.ThreadLocalRandom;

/** Waiting times that double from 100 ms to 5 s, each shortened by up to half at random. */
final class Backoff {
  private static final long FIRST_MS = 100;
  private static final long MOST_MS = 5_000;

  private long nextMs = FIRST_MS;

  long nextMs() {
    long ms = nextMs;
    nextMs = Math.min(MOST_MS, ms * 2);
    return ms / 2 + ThreadLocalRandom.current().nextLong(ms / 2 + 1);
  }

  void reset() {
    nextMs = FIRST_MS;
  }
}
