package io.trunkline.client;

import io.trunkline.protocol.v1.Welcome;
import java.util.concurrent.TimeUnit;

/** When to ping, and when to give a silent connection up. Times are {@link System#nanoTime}. */
final class Heartbeat {
  private long pingAfterNs;
  private long livenessNs;
  private long heardNs;
  private long sentNs;
  private long pingedNs;

  void start(Welcome welcome, long nowNs) {
    // A tenth early: the tick is coarse and the network takes its time.
    long intervalMs = Integer.toUnsignedLong(welcome.getHeartbeatIntervalMs());
    pingAfterNs = TimeUnit.MILLISECONDS.toNanos(intervalMs) / 10 * 9;
    livenessNs =
        TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(welcome.getLivenessTimeoutMs()));
    heardNs = nowNs;
    sentNs = nowNs;
    pingedNs = nowNs;
  }

  void heard(long nowNs) {
    heardNs = nowNs;
  }

  void sent(long nowNs) {
    sentNs = nowNs;
  }

  void pinged(long nowNs) {
    pingedNs = nowNs;
  }

  boolean dead(long nowNs) {
    return livenessNs > 0 && nowNs - heardNs > livenessNs;
  }

  /** Nothing sent for the interval; or nothing heard, and no question asked, for as long. */
  boolean pingDue(long nowNs) {
    return pingAfterNs > 0
        && (nowNs - sentNs >= pingAfterNs
            || (nowNs - heardNs >= pingAfterNs && nowNs - pingedNs >= pingAfterNs));
  }
}
