package io.trunkline.gateway.session;

import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.LaneTicker;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.Caller;
import io.trunkline.invocation.Deadline;
import io.trunkline.invocation.OutboundCalls;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.Permits;
import io.trunkline.protocol.WireLimits;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * The gateway's calls to the client of one session, as long as this connection of it lives. What
 * implements {@link Caller} is for any thread, the rest for the session's event loop.
 */
public final class SessionCalls implements Caller {
  private final Session session;
  private final OutboundCalls calls;
  private final Permits answered;
  private final Permits oneWay;
  private final CallCounts counts;
  private final LaneTicker.Member expiry = this::expire;

  SessionCalls(Session session, int maxOutstanding, CallCounts counts) {
    this.session = session;
    this.counts = counts;
    calls = new OutboundCalls(new Line(session), maxOutstanding);
    // A client does not say what it takes; what every one must take is safe.
    calls.limit(maxOutstanding, WireLimits.DEFAULT_MAX_FRAME_BYTES);
    answered = new Permits(maxOutstanding, "calls to this session without an answer");
    oneWay = new Permits(maxOutstanding, "one-way calls to this session that are not sent yet");
  }

  private record Line(Session session) implements OutboundCalls.Line {
    @Override
    public boolean open() {
      return session.state() == SessionState.ACTIVE && session.connection().isOpen();
    }

    @Override
    public boolean writable() {
      return session.connection().takesMore();
    }

    @Override
    public boolean send(Frame frame) {
      Connection connection = session.connection();
      connection.send(frame);
      connection.flushSoon();
      return true;
    }

    @Override
    public String peer() {
      return "a client";
    }
  }

  @Override
  public CompletableFuture<CallResult> call(OutgoingCall call) {
    counts.ask();
    long deadlineNanos = System.nanoTime() + Deadline.within(call.timeout()).toNanos();
    return within(
        answered,
        outcome -> {
          if (calls.call(call, deadlineNanos, outcome)) {
            counts.send();
            session.connection().lane().ticker().add(expiry);
          } else {
            counts.refuse();
          }
        });
  }

  @Override
  public CompletableFuture<CallResult> callOneWay(OutgoingCall call) {
    counts.ask();
    return within(
        oneWay,
        outcome -> {
          CallResult result = calls.callOneWay(call);
          if (result.ok()) {
            counts.sendOneWay();
          } else {
            counts.refuse();
          }
          outcome.complete(result);
        });
  }

  @Override
  public boolean mayWait() {
    return !session.connection().lane().loop().inEventLoop();
  }

  /** Runs on the event loop, completes its outcome now or later. */
  private interface Attempt {
    void make(CompletableFuture<CallResult> outcome);
  }

  private CompletableFuture<CallResult> within(Permits permits, Attempt attempt) {
    var begun = new boolean[1];
    CompletableFuture<CallResult> outcome =
        permits.within(
            new CompletableFuture<>(),
            own -> {
              begun[0] = true;
              try {
                session.onLoop(() -> attempt.make(own));
              } catch (RejectedExecutionException e) {
                counts.refuse();
                own.complete(CallResult.failed(Status.UNAVAILABLE, "the node stops"));
              }
              return own;
            });
    if (!begun[0]) {
      counts.refuse();
    }
    return outcome;
  }

  /** Those without an answer. */
  int outstanding() {
    return calls.outstanding();
  }

  void answered(Response response) {
    if (calls.answered(response)) {
      counts.answer();
    } else {
      counts.stray();
    }
  }

  private boolean expire(long nowNanos) {
    counts.late(calls.expire(nowNanos));
    return calls.outstanding() > 0;
  }

  /** The connection is gone. */
  void cancelAll(String why) {
    counts.lose(calls.cancelAll(why));
  }
}
