package io.trunkline.invocation;

import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that a thread of its own works on. Handler, deadline and the end of its origin race for
 * its one outcome: the first wins, decided on the origin's event loop.
 *
 * @param <C> the call, as this side sees it
 */
public final class RunningCall<C extends IncomingCall> implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(RunningCall.class);

  /** A caller that is told BUSY asks again after this, at the soonest. */
  public static final Duration BUSY_RETRY = Duration.ofMillis(200);

  private final CallOrigin origin;
  private final C call;
  private final CallHandler<C> handler;
  private final Consumer<CallResult> outcome;
  private final Runnable cancel = this::cancelled;

  private @Nullable Runnable cancelAlarm; // event loop
  private @Nullable BoundedExecutor executor; // event loop
  private boolean settled; // event loop
  private volatile boolean abandoned;
  private @Nullable Thread worker; // guarded by this

  /**
   * Makes one; it does nothing before {@link #start}.
   *
   * @param outcome told once, on the origin's event loop
   */
  public RunningCall(
      CallOrigin origin, C call, CallHandler<C> handler, Consumer<CallResult> outcome) {
    this.origin = origin;
    this.call = call;
    this.handler = handler;
    this.outcome = outcome;
  }

  /** Hands it over, or ends it {@code BUSY} at once. On the origin's event loop. */
  public void start(BoundedExecutor bounded, Alarm alarm) {
    executor = bounded;
    cancelAlarm = alarm.set(leftNanos(), this::expired);
    origin.callStarted(cancel);
    if (!bounded.offer(this)) {
      settle(
          CallResult.failed(
              Status.BUSY, "'" + call.service() + "' has too much to do", BUSY_RETRY));
    }
  }

  /** Time until the deadline; nanoseconds, negative when it has passed. */
  private long leftNanos() {
    return call.deadlineNanos() - System.nanoTime();
  }

  /** On the worker's thread. */
  @Override
  public void run() {
    if (abandoned) {
      return;
    }
    if (leftNanos() <= 0) {
      expired();
      return;
    }
    synchronized (this) {
      worker = Thread.currentThread();
    }
    CallResult result;
    Deadline.set(call.deadlineNanos());
    try {
      result = Objects.requireNonNull(handler.handle(call), "a handler returned null");
    } catch (InterruptedException e) {
      result = CallResult.failed(Status.CANCELLED, "the call was cancelled");
    } catch (Throwable e) {
      // An error, too: the thread serves other calls, and this one must have its outcome.
      result = failed(e);
    } finally {
      Deadline.set(null);
      synchronized (this) {
        worker = null;
        var unused = Thread.interrupted(); // meant for this call, not for the next on this thread
      }
    }
    CallResult end = result;
    origin.onLoop(() -> settle(end));
  }

  private CallResult failed(Throwable e) {
    if (!abandoned) {
      log.warn("{}.{} failed for {}", call.service(), call.method(), origin, e);
    }
    return CallResult.failed(Status.INTERNAL, "the service failed");
  }

  private void expired() {
    origin.onLoop(
        () ->
            settle(
                CallResult.failed(
                    Status.DEADLINE_EXCEEDED,
                    call.service() + "." + call.method() + " did not answer in time")));
  }

  private void cancelled() {
    settle(CallResult.failed(Status.CANCELLED, "the session ended"));
  }

  private void settle(CallResult result) {
    if (settled) {
      return;
    }
    settled = true;
    abandoned = true;
    if (cancelAlarm != null) {
      cancelAlarm.run();
    }
    if (executor != null) {
      executor.withdraw(this);
    }
    origin.callDone(cancel);
    synchronized (this) {
      if (worker != null) {
        worker.interrupt();
      }
    }
    outcome.accept(result);
  }
}
