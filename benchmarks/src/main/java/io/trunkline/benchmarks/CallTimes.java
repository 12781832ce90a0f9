package io.trunkline.benchmarks;

import org.HdrHistogram.Histogram;

/**
 * Calls that were answered, and how long they took.
 *
 * @param p50Nanos from before the call is written until its answer is read; so the others
 */
record CallTimes(long calls, long p50Nanos, long p99Nanos, long p999Nanos) {

  static CallTimes of(Histogram nanos) {
    return new CallTimes(
        nanos.getTotalCount(),
        nanos.getValueAtPercentile(50),
        nanos.getValueAtPercentile(99),
        nanos.getValueAtPercentile(99.9));
  }
}
