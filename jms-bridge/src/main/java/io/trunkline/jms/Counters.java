package io.trunkline.jms;

import java.util.concurrent.atomic.LongAdder;

/** Live counters behind {@link JmsBridge.Counts}. */
final class Counters {
  final LongAdder consumed = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder forwarded = new LongAdder();
  final LongAdder receipts = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder published = new LongAdder();

  JmsBridge.Counts now() {
    return new JmsBridge.Counts(
        consumed.sum(),
        rejected.sum(),
        forwarded.sum(),
        receipts.sum(),
        dropped.sum(),
        published.sum());
  }
}
