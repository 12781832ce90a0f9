package io.trunkline.console;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes guessing passwords slow: after some failures of one name from one address, or four times as
 * many from one address, each further one doubles the time to wait. Remembers a bounded number of
 * names and addresses, the latest. Thread-safe.
 */
final class LoginThrottle {
  private static final int REMEMBERED = 10_000;
  private static final int ADDRESS_FACTOR = 4;
  private static final int MAX_DOUBLINGS = 4;

  private record Attempts(int count, Instant blockedUntil) {}

  private final int freeAttempts;
  private final Duration firstWait;
  private final InstantSource clock;
  private final Map<String, Attempts> attempts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Attempts> eldest) {
          return size() > REMEMBERED;
        }
      };

  LoginThrottle(int freeAttempts, Duration firstWait, InstantSource clock) {
    this.freeAttempts = freeAttempts;
    this.firstWait = firstWait;
    this.clock = clock;
  }

  /**
   * Counts an attempt as failed until {@link #succeeded} says otherwise, so that attempts at the
   * same time cannot slip through.
   *
   * @return how long to wait; empty if the attempt may be made
   */
  synchronized Optional<Duration> attempt(String name, String address) {
    Instant now = clock.instant();
    String byName = key(name, address);
    Instant until = later(blockedUntil(byName), blockedUntil(address));
    if (until.isAfter(now)) {
      return Optional.of(Duration.between(now, until));
    }
    count(byName, freeAttempts, now);
    count(address, freeAttempts * ADDRESS_FACTOR, now);
    return Optional.empty();
  }

  /** Forgets the failures of this name from this address. */
  synchronized void succeeded(String name, String address) {
    attempts.remove(key(name, address));
    attempts.computeIfPresent(
        address,
        (key, was) -> was.count() <= 1 ? null : new Attempts(was.count() - 1, was.blockedUntil()));
  }

  synchronized int remembered() {
    return attempts.size();
  }

  private void count(String key, int free, Instant now) {
    Attempts was = attempts.get(key);
    int count = was == null || forgotten(was, now) ? 1 : was.count() + 1;
    Instant until =
        count < free
            ? now
            : now.plus(firstWait.multipliedBy(1L << Math.min(count - free, MAX_DOUBLINGS)));
    attempts.put(key, new Attempts(count, until));
  }

  private boolean forgotten(Attempts was, Instant now) {
    return now.isAfter(was.blockedUntil().plus(firstWait.multipliedBy(1L << MAX_DOUBLINGS)));
  }

  private Instant blockedUntil(String key) {
    Attempts was = attempts.get(key);
    return was == null ? Instant.MIN : was.blockedUntil();
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static String key(String name, String address) {
    return address + '\n' + name;
  }
}
