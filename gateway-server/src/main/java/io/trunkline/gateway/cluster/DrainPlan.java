package io.trunkline.gateway.cluster;

import io.trunkline.persistence.DrainOrder;
import java.time.Duration;

/**
 * How a drain uses its time: the notice, then slots in which clients are told to go, then what the
 * last of them need to leave. The rate is what was ordered, or what it takes to be done in time.
 *
 * @param notice before the first client is told
 * @param perSecond clients told in a second
 * @param jitter of each client
 */
record DrainPlan(Duration notice, int perSecond, Duration jitter) {
  /** For calls under way of the client that was told last. */
  private static final Duration FINISH = Duration.ofSeconds(5);

  /** Notice, jitter and finish have at most this part of the time each. */
  private static final int PART = 4;

  static DrainPlan of(DrainOrder order, Duration notice, int sessions) {
    Duration noticeGiven = shorter(notice, order.within().dividedBy(PART));
    Duration rest = order.within().minus(noticeGiven);
    Duration part = rest.dividedBy(PART);
    Duration jitter = shorter(order.jitter(), part);
    long slotsMs = rest.minus(jitter).minus(shorter(FINISH, part)).toMillis();
    long neededPerSecond = Math.ceilDiv(sessions * 1_000L, Math.max(1, slotsMs));
    return new DrainPlan(
        noticeGiven,
        (int) Math.min(Integer.MAX_VALUE, Math.max(order.perSecond(), neededPerSecond)),
        jitter);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
