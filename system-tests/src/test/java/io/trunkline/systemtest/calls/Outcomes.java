package io.trunkline.systemtest.calls;

import io.trunkline.protocol.v1.Status;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What callers were told, call by call. Thread-safe. */
public final class Outcomes {
  /**
   * One outcome.
   *
   * @param tookNanos from the call to its outcome
   */
  public record Outcome(String service, String call, Status status, long tookNanos) {}

  private final Map<String, AtomicInteger> times = new ConcurrentHashMap<>();
  private final Queue<Outcome> all = new ConcurrentLinkedQueue<>();

  public void started(String call) {
    times.put(call, new AtomicInteger());
  }

  public void ended(Outcome outcome) {
    times.computeIfAbsent(outcome.call(), key -> new AtomicInteger()).incrementAndGet();
    all.add(outcome);
  }

  /** Calls that did not have exactly one outcome, with how many they had. */
  public List<String> notOnce() {
    List<String> wrong = new ArrayList<>();
    times.forEach(
        (call, count) -> {
          if (count.get() != 1) {
            wrong.add(call + ": " + count);
          }
        });
    return wrong;
  }

  public int open() {
    return times.size() - all.size();
  }

  public List<Outcome> all() {
    return List.copyOf(all);
  }

  /** How many of each, for one service. */
  public Map<Status, Long> byStatus(String service) {
    Map<Status, Long> counts = new EnumMap<>(Status.class);
    all.stream()
        .filter(outcome -> outcome.service().equals(service))
        .forEach(outcome -> counts.merge(outcome.status(), 1L, Long::sum));
    return counts;
  }
}
