package io.trunkline.gateway.session;

import java.util.concurrent.atomic.LongAdder;

/**
 * Calls to clients since the start. Each that was asked for is refused, one-way or sent; each that
 * was sent is answered, late or lost in the end. Thread-safe.
 */
public final class CallCounts {
  private final LongAdder asked = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder oneWay = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder stray = new LongAdder();

  /** All that were wanted. */
  public long asked() {
    return asked.sum();
  }

  /** Not sent: too many, too large, too late, or no session. */
  public long refused() {
    return refused.sum();
  }

  /** Sent, with no answer wanted. */
  public long oneWay() {
    return oneWay.sum();
  }

  /** Sent, with an answer wanted. */
  public long sent() {
    return sent.sum();
  }

  public long answered() {
    return answered.sum();
  }

  /** Had no answer by their deadline. */
  public long late() {
    return late.sum();
  }

  /** The connection went away under them. */
  public long lost() {
    return lost.sum();
  }

  /** Answers that nobody waited for: late, a second one, or of a seq that was never used. */
  public long strayAnswers() {
    return stray.sum();
  }

  void ask() {
    asked.increment();
  }

  void refuse() {
    refused.increment();
  }

  void sendOneWay() {
    oneWay.increment();
  }

  void send() {
    sent.increment();
  }

  void answer() {
    answered.increment();
  }

  void late(int calls) {
    late.add(calls);
  }

  void lose(int calls) {
    lost.add(calls);
  }

  void stray() {
    stray.increment();
  }
}
