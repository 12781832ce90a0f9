package io.trunkline.client;

import io.trunkline.invocation.Alarm;
import io.trunkline.invocation.CallHandler;
import io.trunkline.invocation.CallOrigin;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutboundCalls;
import io.trunkline.invocation.RunningCall;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's calls on one connection, each answered once unless it is one-way. Event loop only,
 * unless said otherwise.
 */
final class IncomingCalls implements CallOrigin {
  private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";

  private final OfferedServices offered;
  private final OutboundCalls.Line line;
  private final OutboundCalls limits;
  private final ClientThreads threads;
  private final long defaultDeadlineMs;
  private final Set<Runnable> running = new HashSet<>();

  /**
   * @param limits know how large an answer may be
   * @param defaultDeadlineMs of a call that names none
   */
  IncomingCalls(
      OfferedServices offered,
      OutboundCalls.Line line,
      OutboundCalls limits,
      ClientThreads threads,
      long defaultDeadlineMs) {
    this.offered = offered;
    this.line = line;
    this.limits = limits;
    this.threads = threads;
    this.defaultDeadlineMs = defaultDeadlineMs;
  }

  /** Answers it now or later. */
  void take(RequestFrame request) {
    OfferedServices.Service service = offered.find(request.service());
    CallHandler<ServerCall> handler =
        service == null ? null : service.methods().get(request.method());
    if (service == null || handler == null) {
      answer(request, notFound(service, request));
    } else if (!line.writable()) {
      // The gateway does not take the answers of before: no more of them.
      answer(request, BUSY);
    } else {
      new RunningCall<>(this, call(request), handler, result -> answer(request, result))
          .start(service.executor(), alarm());
    }
  }

  private static final CallResult BUSY =
      CallResult.failed(Status.BUSY, "the client's answers are not taken", RunningCall.BUSY_RETRY);

  private static CallResult notFound(
      OfferedServices.@Nullable Service service, RequestFrame request) {
    return CallResult.failed(
        Status.NOT_FOUND,
        service == null
            ? "this client offers no service '" + request.service() + "'"
            : "no method '" + request.method() + "' in '" + request.service() + "'");
  }

  private ServerCall call(RequestFrame request) {
    // An unsigned number on the wire; 0 asks for the default.
    long askedMs = Integer.toUnsignedLong(request.deadlineMs());
    long deadlineMs = askedMs == 0 ? defaultDeadlineMs : askedMs;
    return new ServerCall(
        request.service(),
        request.method(),
        request.payload(),
        request.contentType().isEmpty() ? DEFAULT_CONTENT_TYPE : request.contentType(),
        request.headers(),
        request.oneWay(),
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMs));
  }

  private Alarm alarm() {
    return (delayNanos, task) -> {
      var set = threads.loop().schedule(task, delayNanos, TimeUnit.NANOSECONDS);
      return () -> set.cancel(false);
    };
  }

  private void answer(RequestFrame request, CallResult result) {
    if (!request.oneWay()) {
      respond(result.toResponse(request.seq()));
    }
  }

  /**
   * One that the gateway would refuse for its size, and end the session, becomes one that says so.
   */
  @Override
  public void respond(Response response) {
    Frame frame = Frame.newBuilder().setResponse(response).build();
    if (limits.tooLarge(frame)) {
      CallResult instead = CallResult.failed(Status.TOO_LARGE, limits.limitInWords());
      frame = Frame.newBuilder().setResponse(instead.toResponse(response.getSeq())).build();
    }
    line.send(frame);
  }

  /** Any thread. If the loop is shut down nobody waits for what the task would do. */
  @Override
  public void onLoop(Runnable task) {
    threads.onLoop(task);
  }

  @Override
  public int callsInFlight() {
    return running.size();
  }

  @Override
  public void callStarted(Runnable cancel) {
    running.add(cancel);
  }

  @Override
  public void callDone(Runnable cancel) {
    running.remove(cancel);
  }

  /** The connection is gone, or about to be: whoever works on a call is interrupted. */
  void cancelAll() {
    List<Runnable> all = new ArrayList<>(running);
    running.clear();
    all.forEach(Runnable::run);
  }

  @Override
  public String toString() {
    return line.peer();
  }
}
