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
  final LongAdder fromShared = new LongAdder();
  final LongAdder fromOwn = new LongAdder();
  final LongAdder notHere = new LongAdder();
  final LongAdder passedOnAgain = new LongAdder();
  final LongAdder inherited = new LongAdder();
  final LongAdder placesRemembered = new LongAdder();
  final LongAdder placesAsked = new LongAdder();

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

  /** Messages taken from the subscription that all nodes share, and resolved here. */
  public long fromShared() {
    return fromShared.sum();
  }

  /** Messages taken from this node's own subscription. */
  public long fromOwn() {
    return fromOwn.sum();
  }

  /** Of those, copies addressed to this node for a user or session that it does not hold. */
  public long notHere() {
    return notHere.sum();
  }

  /** Of those, copies that were passed on again, to where the session has gone. */
  public long passedOnAgain() {
    return passedOnAgain.sum();
  }

  /** Messages taken over from the subscription of a node that is gone. */
  public long inherited() {
    return inherited.sum();
  }

  /** Users and sessions whose node was remembered. */
  public long placesRemembered() {
    return placesRemembered.sum();
  }

  /** Users and sessions whose node the database was asked for. */
  public long placesAsked() {
    return placesAsked.sum();
  }
}
