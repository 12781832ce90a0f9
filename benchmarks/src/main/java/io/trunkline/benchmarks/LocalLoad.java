package io.trunkline.benchmarks;

import io.trunkline.benchmarks.calls.Calls;
import io.trunkline.benchmarks.calls.Peer;
import org.jspecify.annotations.Nullable;

/** Calls that this process makes through a client, whichever it is. */
final class LocalLoad implements CallLoad {
  private static final int FIRST_ANSWERS_SECONDS = 60;
  private static final int POLL_MS = 10;

  private final Calls calls = new Calls();
  private final ClosablePeer peer;

  /** A client with all of its connections. */
  interface ClosablePeer extends Peer, AutoCloseable {
    @Override
    void close();
  }

  /**
   * Connects and begins to call; returns when each call was answered once.
   *
   * @param peer closed with the load, also if this fails
   */
  LocalLoad(ClosablePeer peer, int port, EchoSize size) throws BenchmarkException {
    this.peer = peer;
    try {
      begin(port, size);
    } catch (BenchmarkException e) {
      close();
      throw e;
    }
  }

  private void begin(int port, EchoSize size) throws BenchmarkException {
    for (int i = 0; i < size.connections(); i++) {
      try {
        calls.begin(peer.connect(port), size.outstanding(), EchoSize.PAYLOAD_BYTES);
      } catch (Exception e) {
        throw new BenchmarkException("cannot connect: " + e, e);
      }
    }
    long begin = System.nanoTime();
    while (calls.unanswered() > 0) {
      check();
      if (Progress.secondsSince(begin) > FIRST_ANSWERS_SECONDS) {
        throw new BenchmarkException(calls.unanswered() + " calls are not answered");
      }
      Clock.pause(POLL_MS);
    }
  }

  private void check() throws BenchmarkException {
    @Nullable Throwable failure = calls.failure();
    if (failure != null) {
      throw new BenchmarkException("a call failed: " + failure, failure);
    }
  }

  @Override
  public ProcessFigures figures() throws BenchmarkException {
    return ProcessFigures.ofThisProcess();
  }

  @Override
  public void record() {
    calls.record(true);
  }

  @Override
  public CallTimes stop() throws BenchmarkException {
    calls.record(false);
    Clock.pause(100); // what was being recorded
    check();
    return CallTimes.of(calls.latencies());
  }

  @Override
  public void close() {
    peer.close();
  }
}
