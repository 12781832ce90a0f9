package io.trunkline.gateway.uplink;

import io.trunkline.invocation.CallOrigin;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.Deadline;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * Where one call from within the node comes from. There is no connection: a lock, held for moments,
 * stands for its event loop, and nothing goes away before the call has its outcome.
 */
final class LocalOrigin implements CallOrigin {
  private static final long SEQ = 1;

  private final CompletableFuture<CallResult> outcome = new CompletableFuture<>();
  private final ReentrantLock lock = new ReentrantLock();
  private int inFlight;

  private LocalOrigin() {}

  /**
   * Makes a request of a call.
   *
   * @param dispatch answers it by {@link #respond} or {@link #respondInRead}, now or later
   */
  static CompletableFuture<CallResult> of(
      OutgoingCall call, boolean oneWay, BiConsumer<LocalOrigin, RequestFrame> dispatch) {
    var origin = new LocalOrigin();
    Duration left = Deadline.within(call.timeout());
    if (left.toMillis() < 1) {
      origin.outcome.complete(CallResult.failed(Status.DEADLINE_EXCEEDED, "not started"));
      return origin.outcome;
    }
    var request =
        new RequestFrame(
            SEQ,
            call.service(),
            call.method(),
            call.payload(),
            call.contentType(),
            (int) Math.min(left.toMillis(), Integer.MAX_VALUE),
            oneWay,
            call.headers());
    origin.onLoop(() -> dispatch.accept(origin, request));
    if (oneWay) {
      origin.outcome.complete(CallResult.failed(Status.OK, ""));
    }
    return origin.outcome;
  }

  @Override
  public void onLoop(Runnable task) {
    lock.lock();
    try {
      task.run();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void respond(Response response) {
    outcome.complete(CallResult.of(response));
  }

  @Override
  public int callsInFlight() {
    return inFlight;
  }

  @Override
  public void callStarted(Runnable cancel) {
    inFlight++;
  }

  @Override
  public void callDone(Runnable cancel) {
    inFlight--;
  }

  @Override
  public String toString() {
    return "a caller within the node";
  }
}
