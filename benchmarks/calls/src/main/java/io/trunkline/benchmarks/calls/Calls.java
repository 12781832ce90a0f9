package io.trunkline.benchmarks.calls;

import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Calls that are made again as soon as they are answered, each with a payload of its own that must
 * come back as it was sent. A call that fails is not repeated. Answers come on any thread.
 */
public final class Calls {
  /** Longest time that is told apart; nanoseconds. */
  private static final long HIGHEST_NANOS = 10_000_000_000L;

  private static final int DIGITS = 3;

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private final Random payloads = new Random(1);

  /** One a thread, so that recording needs no lock. */
  private final Queue<Histogram> all = new ConcurrentLinkedQueue<>();

  private final ThreadLocal<Histogram> ofThread = ThreadLocal.withInitial(this::histogram);
  private volatile boolean recording;
  private volatile boolean ended;

  private Histogram histogram() {
    // It may be added up while its thread records the last answer.
    var histogram = new AtomicHistogram(HIGHEST_NANOS, DIGITS);
    all.add(histogram);
    return histogram;
  }

  /** Begins so many calls on this connection. */
  public void begin(Peer.Line line, int outstanding, int payloadBytes) {
    for (int i = 0; i < outstanding; i++) {
      byte[] payload = new byte[payloadBytes];
      payloads.nextBytes(payload);
      unanswered.incrementAndGet();
      underWay.incrementAndGet();
      new Call(line, payload).make();
    }
  }

  /** Calls that have not been answered even once. */
  public int unanswered() {
    return unanswered.get();
  }

  /** No call is made again from now on. */
  public void end() {
    ended = true;
  }

  /** Calls that still wait for an answer. */
  public int underWay() {
    return underWay.get();
  }

  /** Whether the answers from now on count. */
  public void record(boolean on) {
    recording = on;
  }

  /** The first call that failed, if one did. */
  public @Nullable Throwable failure() {
    return failure.get();
  }

  /** Times from call to answer, in nanoseconds, of all that were recorded. */
  public Histogram latencies() {
    var sum = new Histogram(HIGHEST_NANOS, DIGITS);
    all.forEach(sum::add);
    return sum;
  }

  private final class Call implements Peer.Answer {
    private final Peer.Line line;
    private final byte[] payload;
    private boolean known;
    private long calledNanos;

    Call(Peer.Line line, byte[] payload) {
      this.line = line;
      this.payload = payload;
    }

    void make() {
      calledNanos = System.nanoTime();
      try {
        line.call(payload, this);
      } catch (Exception e) {
        failed(e);
      }
    }

    @Override
    public void answered(byte[] answer) {
      if (recording) {
        ofThread.get().recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - calledNanos));
      }
      if (!Arrays.equals(payload, answer)) {
        failed(new IllegalStateException("another payload came back than was sent"));
        return;
      }
      if (!known) {
        known = true;
        unanswered.decrementAndGet();
      }
      if (ended) {
        underWay.decrementAndGet();
      } else {
        make();
      }
    }

    @Override
    public void failed(Throwable why) {
      failure.compareAndSet(null, why);
      underWay.decrementAndGet();
    }
  }
}
