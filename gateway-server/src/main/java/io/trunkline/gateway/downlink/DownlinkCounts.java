package io.trunkline.gateway.downlink;

import java.util.concurrent.atomic.LongAdder;

/** Counters of the downlink since the start. Thread-safe. */
public final class DownlinkCounts {
  final LongAdder messages = new LongAdder();
  final LongAdder unreachable = new LongAdder();
  final LongAdder expired = new LongAdder();
  final LongAdder acked = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder strayAcks = new LongAdder();

  DownlinkCounts() {}

  /** Messages that were dispatched to sessions of this node. */
  public long messages() {
    return messages.sum();
  }

  /** Messages for a user or session that is not there. */
  public long unreachable() {
    return unreachable.sum();
  }

  /** Messages that came too late. */
  public long expired() {
    return expired.sum();
  }

  /** Acknowledgements that somebody waited for. */
  public long acked() {
    return acked.sum();
  }

  /** Deliveries to one session that failed. */
  public long failed() {
    return failed.sum();
  }

  /** Acknowledgements that nobody waited for. */
  public long strayAcks() {
    return strayAcks.sum();
  }
}
