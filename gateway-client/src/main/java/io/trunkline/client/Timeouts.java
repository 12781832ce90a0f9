package io.trunkline.client;

import java.time.Duration;

/**
 * Each from 1 ms; kept to about 50 ms.
 *
 * @param connect until the TCP connection stands
 * @param handshake from there until Welcome
 * @param call for calls that name no time-out of their own
 */
public record Timeouts(Duration connect, Duration handshake, Duration call) {
  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10));

  public Timeouts {
    requirePositive("connect", connect);
    requirePositive("handshake", handshake);
    requirePositive("call", call);
  }

  private static void requirePositive(String name, Duration duration) {
    if (duration.toMillis() < 1) {
      throw new IllegalArgumentException("timeout " + name + " is under 1 ms: " + duration);
    }
  }
}
