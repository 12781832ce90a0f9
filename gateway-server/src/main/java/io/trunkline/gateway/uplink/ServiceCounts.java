package io.trunkline.gateway.uplink;

import io.trunkline.protocol.v1.Status;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * The calls of a service: each is in flight, or has one outcome. Outlives changes of its route.
 * Thread-safe.
 */
final class ServiceCounts {
  private final Map<Status, LongAdder> outcomes = new EnumMap<>(Status.class); // stays as it is
  private final LongAdder inFlight = new LongAdder();

  ServiceCounts() {
    for (Status status : Status.values()) {
      outcomes.put(status, new LongAdder());
    }
  }

  /** A call that has its outcome at once. */
  void answered(Status outcome) {
    of(known(outcome)).increment();
  }

  /** A call that will have its outcome later. */
  void began() {
    inFlight.increment();
  }

  /** The outcome of a call that began. */
  void ended(Status outcome) {
    answered(outcome);
    inFlight.decrement();
  }

  /** The caller is told INTERNAL where this version does not know the status. */
  private static Status known(Status outcome) {
    return outcome == Status.UNRECOGNIZED ? Status.INTERNAL : outcome;
  }

  long inFlight() {
    return inFlight.sum();
  }

  /** Calls that ended so. */
  long count(Status outcome) {
    return of(outcome).sum();
  }

  private LongAdder of(Status outcome) {
    return Objects.requireNonNull(outcomes.get(outcome));
  }

  /** Calls with an outcome. */
  long ended() {
    long sum = 0;
    for (LongAdder outcome : outcomes.values()) {
      sum += outcome.sum();
    }
    return sum;
  }

  /** Calls with another outcome than OK. */
  long failed() {
    return ended() - count(Status.OK);
  }

  /** Outcomes that there were. */
  Map<Status, Long> byStatus() {
    Map<Status, Long> counts = new EnumMap<>(Status.class);
    outcomes.forEach(
        (status, adder) -> {
          long count = adder.sum();
          if (count > 0) {
            counts.put(status, count);
          }
        });
    return counts;
  }
}
