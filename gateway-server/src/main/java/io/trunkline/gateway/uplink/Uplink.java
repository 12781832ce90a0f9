package io.trunkline.gateway.uplink;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.uplink.Guard.Verdict;
import io.trunkline.invocation.Alarm;
import io.trunkline.invocation.BoundedExecutor;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.RunningCall;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a call through the table of services. Every request that is not one-way gets one
 * answer: the handler's, a refusal at once when a bound of the service is reached, or {@code
 * DEADLINE_EXCEEDED} when the time is up. {@link #dispatch} is called on event loops.
 */
public final class Uplink {
  private static final Logger log = LoggerFactory.getLogger(Uplink.class);
  private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";
  private static final CallResult TOO_MANY =
      CallResult.failed(
          Status.BUSY, "too many calls of this session are outstanding", RunningCall.BUSY_RETRY);

  private final UplinkConfig config;
  private final Routes routes;
  private final Alarm alarm;
  private final int maxOutstanding;

  /**
   * The way through a table.
   *
   * @param alarm for deadlines of blocking calls; one for the node
   * @param maxOutstanding calls of one session that are worked on at a time
   */
  public Uplink(UplinkConfig config, Routes routes, Alarm alarm, int maxOutstanding) {
    this.config = config;
    this.routes = routes;
    this.alarm = alarm;
    this.maxOutstanding = maxOutstanding;
  }

  /**
   * With a table of in-process services alone.
   *
   * @param executor runs blocking services, a virtual thread a task
   */
  public Uplink(
      UplinkConfig config,
      List<UplinkService> services,
      Executor executor,
      Alarm alarm,
      int maxOutstanding) {
    this(config, new Routes(config, services, executor, BackEnds.NONE), alarm, maxOutstanding);
  }

  /** The table. */
  public Routes routes() {
    return routes;
  }

  /** Calls since the start that have had their outcome. Any thread. */
  public long calls() {
    return routes.ended();
  }

  /** Calls since the start that were not answered OK. Any thread. */
  public long failures() {
    return routes.failed();
  }

  /** Answers a request of a client now or later. On the session's event loop. */
  public void dispatch(Session session, Request request) {
    Route route = routes.enter(request.getService());
    if (route == null) {
      routes.unknown().answered(Status.NOT_FOUND);
      answerNow(session, request, notFound(null, request));
      return;
    }
    UplinkHandler handler = route.handler(request.getMethod());
    if (handler != null && route.guard() == null && route.executor() == null) {
      CallResult result = handleNow(handler, call(session, request, timeNanos(request, route)));
      route.counts().answered(result.status());
      answerNow(session, request, result);
    } else {
      dispatch(session, request, route, handler);
    }
  }

  /** Where there is more to do than to ask a handler that never blocks. */
  private void dispatch(
      Session session, Request request, Route route, @Nullable UplinkHandler handler) {
    if (handler == null) {
      settleNow(session, request, route, notFound(route, request));
      return;
    }
    BoundedExecutor executor = route.executor();
    if (executor != null && session.callsInFlight() >= maxOutstanding) {
      settleNow(session, request, route, TOO_MANY);
      return;
    }
    long timeNs = timeNanos(request, route);
    UplinkCall call = call(session, request, timeNs);
    Verdict.Admitted admitted = null;
    if (route.guard() != null) {
      switch (route.guard().admit(call.caller(), request.getPayload().size())) {
        case Verdict.Refused refused -> {
          settleNow(session, request, route, refused.result());
          return;
        }
        case Verdict.Admitted passed -> admitted = passed;
      }
    }
    if (executor != null) {
      var routed = new RoutedCall(session, request, route, handler, admitted);
      routed.starts(timeNs);
      new RunningCall<>(session, call, routed, routed).start(executor, alarm);
      return;
    }
    CallResult result = handleNow(handler, call);
    if (admitted != null) {
      admitted.ended(result.status(), Long.MAX_VALUE, Long.MAX_VALUE);
    }
    settleNow(session, request, route, result);
  }

  private static CallResult notFound(@Nullable Route route, Request request) {
    return CallResult.failed(
        Status.NOT_FOUND,
        route == null
            ? "no service '" + request.getService() + "'"
            : "no method '" + request.getMethod() + "' in '" + request.getService() + "'");
  }

  /** How long a call may take. */
  private long timeNanos(Request request, Route route) {
    // An unsigned number on the wire; 0 asks for the default.
    long askedMs = Integer.toUnsignedLong(request.getDeadlineMs());
    long deadlineMs =
        askedMs == 0
            ? config.defaultDeadline().toMillis()
            : Math.min(askedMs, config.maxDeadline().toMillis());
    return Math.min(TimeUnit.MILLISECONDS.toNanos(deadlineMs), route.timeoutNanos());
  }

  private static UplinkCall call(Session session, Request request, long timeNs) {
    return new UplinkCall(
        UplinkCaller.of(session.info()),
        request.getService(),
        request.getMethod(),
        request.getPayload(),
        request.getContentType().isEmpty() ? DEFAULT_CONTENT_TYPE : request.getContentType(),
        request.getHeadersMap(),
        System.nanoTime() + timeNs);
  }

  private static CallResult handleNow(UplinkHandler handler, UplinkCall call) {
    try {
      return handler.handle(call);
    } catch (Exception e) {
      log.warn("{}.{} failed", call.service(), call.method(), e);
      return CallResult.failed(Status.INTERNAL, "the service failed");
    }
  }

  /** The outcome of a call that entered a back end and is not worked on (any more). */
  private static void settleNow(Session session, Request request, Route route, CallResult result) {
    route.counts().answered(result.status());
    route.backEnd().leave();
    answerNow(session, request, result);
  }

  /** Within a read, at whose end the answers to all that was read leave in one flush. */
  private static void answerNow(Session session, Request request, CallResult result) {
    if (!request.getOneWay()) {
      Response response = result.toResponse(request.getSeq());
      session.send(Frame.newBuilder().setResponse(response).build());
    }
  }
}
