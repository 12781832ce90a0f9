package io.trunkline.invocation;

import io.trunkline.protocol.v1.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A bound on how many calls of one mode are under way, kept from the moment they are asked for: a
 * program that calls faster than a connection takes is told BUSY before anything piles up.
 * Thread-safe; does not block.
 */
public final class Permits {
  private final int max;
  private final String what;
  private final AtomicInteger taken = new AtomicInteger();

  /**
   * Makes them.
   *
   * @param what of which there are too many, in words
   */
  public Permits(int max, String what) {
    this.max = max;
    this.what = what;
  }

  /**
   * Starts a call if there is room.
   *
   * @param start makes the call, completes the future it was given, or returns another
   */
  public CompletableFuture<CallResult> within(
      CompletableFuture<CallResult> outcome,
      Function<CompletableFuture<CallResult>, CompletableFuture<CallResult>> start) {
    if (taken.incrementAndGet() > max) {
      taken.decrementAndGet();
      outcome.complete(
          CallResult.failed(Status.BUSY, "already " + max + " " + what, RunningCall.BUSY_RETRY));
      return outcome;
    }
    var unused = outcome.whenComplete((result, failure) -> taken.decrementAndGet());
    return start.apply(outcome);
  }

  /** Those under way. */
  public int taken() {
    return taken.get();
  }
}
