package io.trunkline.systemtest.calls;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long calls took, window by window, while all was well and while something was not. */
final class Latency {
  private final Map<String, List<Double>> p99Ms = new HashMap<>();

  /** The calls of one window. */
  void add(String condition, List<Long> tookNanos) {
    List<Long> sorted = new ArrayList<>(tookNanos);
    Collections.sort(sorted);
    if (!sorted.isEmpty()) {
      int at = (int) Math.ceil(sorted.size() * 0.99) - 1;
      p99Ms
          .computeIfAbsent(condition, key -> new ArrayList<>())
          .add(sorted.get(at) / (double) TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** The median of the windows' 99th percentiles: one pause of the machine is in one window. */
  double p99Ms(String condition) {
    List<Double> sorted = new ArrayList<>(p99Ms.getOrDefault(condition, List.of()));
    Collections.sort(sorted);
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  @Override
  public String toString() {
    return p99Ms.toString();
  }
}
