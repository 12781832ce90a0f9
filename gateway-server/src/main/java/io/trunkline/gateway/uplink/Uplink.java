package io.trunkline.gateway.uplink;

import io.netty.util.Timer;
import io.trunkline.gateway.session.Session;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of services, and the way of a call through it. Every request that is not one-way gets
 * one answer: the handler's, {@code BUSY} at once when bounds are reached, or {@code
 * DEADLINE_EXCEEDED} when the time is up. {@link #dispatch} is called on event loops.
 */
public final class Uplink {
  private static final Logger log = LoggerFactory.getLogger(Uplink.class);
  private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";

  /** A caller that is told BUSY asks again after this, at the soonest. */
  private static final int BUSY_RETRY_MS = 200;

  private record Route(UplinkService service, @Nullable BoundedExecutor executor) {}

  private final UplinkConfig config;
  private final Map<String, Route> routes = new HashMap<>();
  private final Timer timer;
  private final int maxOutstanding;
  private final LongAdder calls = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /**
   * @param executor runs blocking services, a virtual thread a task
   * @param timer for deadlines of blocking calls; one for the node
   * @param maxOutstanding calls of one session that are worked on at a time
   */
  public Uplink(
      UplinkConfig config,
      List<UplinkService> services,
      Executor executor,
      Timer timer,
      int maxOutstanding) {
    this.config = config;
    this.timer = timer;
    this.maxOutstanding = maxOutstanding;
    for (UplinkService service : services) {
      BoundedExecutor bounded =
          service.blocking()
              ? new BoundedExecutor(executor, config.maxConcurrent(), config.maxQueued())
              : null;
      if (routes.put(service.name(), new Route(service, bounded)) != null) {
        throw new IllegalArgumentException("two services are named " + service.name());
      }
    }
  }

  /** Calls since the start. Any thread. */
  public long calls() {
    return calls.sum();
  }

  /** Calls since the start that were not answered OK. Any thread. */
  public long failures() {
    return failures.sum();
  }

  /** Answers a request now or later. On the session's event loop. */
  public void dispatch(Session session, Request request) {
    calls.increment();
    Route route = routes.get(request.getService());
    if (route == null) {
      answer(session, request, notFound("no service '" + request.getService() + "'"));
      return;
    }
    UplinkHandler handler = route.service().methods().get(request.getMethod());
    if (handler == null) {
      answer(
          session,
          request,
          notFound("no method '" + request.getMethod() + "' in '" + request.getService() + "'"));
      return;
    }
    UplinkCall call = call(session, request);
    if (route.executor() == null) {
      answer(session, request, handleNow(handler, call));
    } else {
      dispatchBlocking(
          route.executor(), new BlockingCall(session, request, handler, call, this::done));
    }
  }

  private static CallResult notFound(String what) {
    return CallResult.failed(Status.NOT_FOUND, what);
  }

  private UplinkCall call(Session session, Request request) {
    // An unsigned number on the wire; 0 asks for the default.
    long askedMs = Integer.toUnsignedLong(request.getDeadlineMs());
    long deadlineMs =
        askedMs == 0
            ? config.defaultDeadline().toMillis()
            : Math.min(askedMs, config.maxDeadline().toMillis());
    return new UplinkCall(
        session.info(),
        request.getService(),
        request.getMethod(),
        request.getPayload(),
        request.getContentType().isEmpty() ? DEFAULT_CONTENT_TYPE : request.getContentType(),
        request.getHeadersMap(),
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMs));
  }

  private static CallResult handleNow(UplinkHandler handler, UplinkCall call) {
    try {
      return handler.handle(call);
    } catch (Exception e) {
      log.warn("{}.{} failed", call.service(), call.method(), e);
      return CallResult.failed(Status.INTERNAL, "the service failed");
    }
  }

  private void dispatchBlocking(BoundedExecutor executor, BlockingCall call) {
    Session session = call.session();
    if (session.callsInFlight() >= maxOutstanding) {
      answer(session, call.request(), busy("too many calls of this session are outstanding"));
      return;
    }
    call.started(
        timer.newTimeout(timeout -> call.expired(), call.leftNanos(), TimeUnit.NANOSECONDS));
    if (!executor.offer(call)) {
      call.refused(busy("'" + call.request().getService() + "' has too much to do"));
    }
  }

  private static CallResult busy(String why) {
    return new CallResult.Failed(Status.BUSY, why, BUSY_RETRY_MS);
  }

  private void done(BlockingCall call, CallResult result) {
    answer(call.session(), call.request(), result);
    // No read is under way that would flush at its end. Answers that are ready together still leave
    // together: the flush waits for what is queued on the event loop already.
    call.session().connection().flushSoon();
  }

  private void answer(Session session, Request request, CallResult result) {
    if (!(result instanceof CallResult.Ok)) {
      failures.increment();
    }
    if (request.getOneWay()) {
      return;
    }
    Response.Builder response = Response.newBuilder().setSeq(request.getSeq());
    switch (result) {
      case CallResult.Ok ok -> response.setPayload(ok.payload()).setContentType(ok.contentType());
      case CallResult.Failed failed ->
          response
              .setStatus(failed.status())
              .setMessage(failed.message())
              .setRetryAfterMs(failed.retryAfterMs());
    }
    session.send(Frame.newBuilder().setResponse(response).build());
  }
}
