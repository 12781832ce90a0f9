package io.trunkline.gateway.uplink;

import io.netty.util.Timeout;
import io.trunkline.gateway.session.Session;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that a virtual thread works on. Handler, deadline and the end of the session race for its
 * one outcome: {@link #settle} runs on the session's event loop, and the first wins.
 */
final class BlockingCall implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(BlockingCall.class);

  private final Session session;
  private final Request request;
  private final UplinkHandler handler;
  private final UplinkCall call;
  private final BiConsumer<BlockingCall, CallResult> answer;
  private final Runnable cancel = this::cancelled;

  private @Nullable Timeout deadline; // event loop
  private boolean settled; // event loop
  private volatile boolean abandoned;
  private @Nullable Thread worker; // guarded by this

  /**
   * @param answer writes the one answer, on the session's event loop
   */
  BlockingCall(
      Session session,
      Request request,
      UplinkHandler handler,
      UplinkCall call,
      BiConsumer<BlockingCall, CallResult> answer) {
    this.session = session;
    this.request = request;
    this.handler = handler;
    this.call = call;
    this.answer = answer;
  }

  Session session() {
    return session;
  }

  Request request() {
    return request;
  }

  /** Time until the deadline; nanoseconds, negative when it has passed. */
  long leftNanos() {
    return call.deadlineNanos() - System.nanoTime();
  }

  /** Before the call is handed over. Event loop. */
  void started(Timeout newDeadline) {
    deadline = newDeadline;
    session.callStarted(cancel);
  }

  /** It was not handed over after all. Event loop. */
  void refused(CallResult result) {
    settle(result);
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
    try {
      result = handler.handle(call);
    } catch (InterruptedException e) {
      result = CallResult.failed(Status.CANCELLED, "the call was cancelled");
    } catch (Exception | StackOverflowError e) {
      if (!abandoned) {
        log.warn("{}.{} failed for {}", call.service(), call.method(), session, e);
      }
      result = CallResult.failed(Status.INTERNAL, "the service failed");
    } finally {
      synchronized (this) {
        worker = null;
        var _ = Thread.interrupted(); // meant for this call, not for the next on this thread
      }
    }
    CallResult outcome = result;
    session.onLoop(() -> settle(outcome));
  }

  /** The deadline has passed. Any thread. */
  void expired() {
    session.onLoop(
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
    if (deadline != null) {
      deadline.cancel();
    }
    session.callDone(cancel);
    synchronized (this) {
      if (worker != null) {
        worker.interrupt();
      }
    }
    answer.accept(this, result);
  }
}
