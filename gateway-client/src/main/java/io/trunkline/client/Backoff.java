package io.trunkline.client;

import java.time.Duration;

/**
 * Time between attempts to connect: a random part ("full jitter") of a bound that grows with each
 * failure.
 *
 * @param initial the first bound, from 1 ms
 * @param factor growth of the bound from one attempt to the next, from 1
 * @param max the largest bound, from {@code initial}
 */
public record Backoff(Duration initial, double factor, Duration max) {
  public static final Backoff DEFAULT =
      new Backoff(Duration.ofMillis(500), 2, Duration.ofSeconds(30));

  public Backoff {
    if (initial.toMillis() < 1) {
      throw new IllegalArgumentException("backoff.initial is under 1 ms: " + initial);
    }
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("backoff.factor is not a number from 1: " + factor);
    }
    if (max.compareTo(initial) < 0) {
      throw new IllegalArgumentException("backoff.max is under backoff.initial: " + max);
    }
  }

  /**
   * @param attempt failures so far, from 0
   * @param random from 0 to under 1
   */
  long delayMs(int attempt, double random) {
    double boundMs =
        Math.min((double) max.toMillis(), (double) initial.toMillis() * Math.pow(factor, attempt));
    return (long) (boundMs * random);
  }
}
