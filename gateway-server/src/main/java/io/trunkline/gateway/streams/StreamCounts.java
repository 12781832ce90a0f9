package io.trunkline.gateway.streams;

import java.util.concurrent.atomic.LongAdder;

/** Counters of stored messages on this node since its start. Thread-safe. */
public final class StreamCounts {
  final LongAdder stored = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder sent = new LongAdder();
  final LongAdder resent = new LongAdder();
  final LongAdder settled = new LongAdder();
  final LongAdder lateAcks = new LongAdder();
  final LongAdder unknownAcks = new LongAdder();
  final LongAdder receiptsSent = new LongAdder();
  final LongAdder receiptsUndeliverable = new LongAdder();
  final LongAdder stepsDropped = new LongAdder();
  final LongAdder refused = new LongAdder();

  /** One more was stored. */
  public void countStored() {
    stored.increment();
  }

  /** One more was in its stream already. */
  public void countDuplicate() {
    duplicates.increment();
  }

  /** Messages stored. */
  public long stored() {
    return stored.sum();
  }

  /** Messages whose id was in the stream already. */
  public long duplicates() {
    return duplicates.sum();
  }

  /** Stored messages written to connections. */
  public long sent() {
    return sent.sum();
  }

  /** Of those, sent again because no acknowledgement came in time. */
  public long resent() {
    return resent.sum();
  }

  /** Messages of users settled: delivered, replied, expired, dead, conflated or failed. */
  public long settled() {
    return settled.sum();
  }

  /** Acknowledgements of what had been settled before. */
  public long lateAcks() {
    return lateAcks.sum();
  }

  /** Acknowledgements of messages that the session never had. */
  public long unknownAcks() {
    return unknownAcks.sum();
  }

  /** Stored receipts that reached the broker. */
  public long receiptsSent() {
    return receiptsSent.sum();
  }

  /** Stored receipts whose destination is gone. */
  public long receiptsUndeliverable() {
    return receiptsUndeliverable.sum();
  }

  /** Steps missing in traces because the database was away for too long. */
  public long stepsDropped() {
    return stepsDropped.sum();
  }

  /** Acknowledgements, steps and attempts left out because the database never takes them. */
  public long refused() {
    return refused.sum();
  }
}
