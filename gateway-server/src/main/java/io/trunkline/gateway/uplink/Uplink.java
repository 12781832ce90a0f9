package io.trunkline.gateway.uplink;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionFrames;
import io.trunkline.gateway.uplink.Guard.Verdict;
import io.trunkline.invocation.Alarm;
import io.trunkline.invocation.BoundedExecutor;
import io.trunkline.invocation.CallOrigin;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.RunningCall;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a call past the interceptors and through the table of services. Every request that is
 * not one-way gets one answer: the handler's, a refusal at once when a bound of the service is
 * reached, or {@code DEADLINE_EXCEEDED} when the time is up. Requests come on event loops.
 */
public final class Uplink {
  private static final Logger log = LoggerFactory.getLogger(Uplink.class);
  private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";
  private static final CallResult TOO_MANY =
      CallResult.failed(
          Status.BUSY, "too many calls of this session are outstanding", RunningCall.BUSY_RETRY);

  private final long defaultNanos;
  private final long maxNanos;
  private final Routes routes;
  private final Alarm alarm;
  private final int maxOutstanding;
  private final @Nullable Interceptors interceptors;

  /**
   * The way through a table.
   *
   * @param alarm for deadlines of blocking calls; one for the node
   * @param maxOutstanding calls of one session that are worked on at a time
   * @param interceptors see every call, in this order
   */
  public Uplink(
      UplinkConfig config,
      Routes routes,
      Alarm alarm,
      int maxOutstanding,
      List<UplinkInterceptor> interceptors) {
    this.defaultNanos = config.defaultDeadline().toNanos();
    this.maxNanos = config.maxDeadline().toNanos();
    this.routes = routes;
    this.alarm = alarm;
    this.maxOutstanding = maxOutstanding;
    this.interceptors = Interceptors.of(interceptors);
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

  /** Answers a session's requests now or later; they come on its event loop. */
  public SessionFrames.Requests requests(Session session) {
    UplinkCaller caller = UplinkCaller.of(session.info());
    return request -> dispatch(session, caller, request, session.connection().readNanos());
  }

  /**
   * Calls a service from within the node, by the same way and with the same protection as a client
   * does. Any thread.
   *
   * @return completes once, with a status, on any thread; dependents must not block. Of a one-way
   *     call: at once
   */
  public CompletableFuture<CallResult> call(
      UplinkCaller caller, OutgoingCall call, boolean oneWay) {
    return LocalOrigin.of(
        call, oneWay, (origin, request) -> dispatch(origin, caller, request, System.nanoTime()));
  }

  /** Whether there is a service of this name. Any thread. */
  public boolean offers(String service) {
    return routes.offers(service);
  }

  private void dispatch(
      CallOrigin origin, UplinkCaller caller, RequestFrame request, long cameNanos) {
    Route route = routes.enter(request.service());
    UplinkCall call = call(caller, request, cameNanos + timeNanos(request, route));
    if (interceptors == null && route != null && route.isDirect()) {
      answerNow(origin, request, route, call);
      return;
    }
    Interceptors.Passage passage = null;
    if (interceptors != null) {
      passage = interceptors.before(call);
      call = passage.call();
    }
    var arrival = new Arrival(origin, request, passage);
    CallResult refusal = passage == null ? null : passage.refusal();
    if (refusal != null) {
      settleNow(arrival, route, refusal);
      return;
    }
    UplinkHandler handler = route == null ? null : route.handler(call.method());
    if (route == null || handler == null) {
      settleNow(arrival, route, notFound(route, call));
    } else if (route.isDirect()) {
      settleNow(arrival, route, handleNow(handler, call));
    } else {
      dispatch(arrival, route, handler, call);
    }
  }

  /** The shortest way, and the one of most calls: it makes nothing that a call can do without. */
  private void answerNow(CallOrigin origin, RequestFrame request, Route route, UplinkCall call) {
    UplinkHandler handler = route.handler(call.method());
    CallResult result = handler == null ? notFound(route, call) : handleNow(handler, call);
    settled(route, result);
    if (!request.oneWay()) {
      origin.respondInRead(request.seq(), result);
    }
  }

  /** Where there is more to do than to ask a handler that never blocks. */
  private void dispatch(Arrival arrival, Route route, UplinkHandler handler, UplinkCall call) {
    BoundedExecutor executor = route.executor();
    if (executor != null && arrival.origin().callsInFlight() >= maxOutstanding) {
      settleNow(arrival, route, TOO_MANY);
      return;
    }
    Verdict.Admitted admitted = null;
    if (route.guard() != null) {
      switch (route.guard().admit(call.caller(), call.payload().size())) {
        case Verdict.Refused refused -> {
          settleNow(arrival, route, refused.result());
          return;
        }
        case Verdict.Admitted passed -> admitted = passed;
      }
    }
    if (executor != null) {
      var routed = new RoutedCall(arrival, route, handler, admitted);
      routed.starts(timeNanos(arrival.request(), route));
      new RunningCall<>(arrival.origin(), call, routed, routed).start(executor, alarm);
      return;
    }
    CallResult result = handleNow(handler, call);
    if (admitted != null) {
      admitted.ended(result.status(), Long.MAX_VALUE, Long.MAX_VALUE);
    }
    settleNow(arrival, route, result);
  }

  private static CallResult notFound(@Nullable Route route, UplinkCall call) {
    return CallResult.failed(
        Status.NOT_FOUND,
        route == null
            ? "no service '" + call.service() + "'"
            : "no method '" + call.method() + "' in '" + call.service() + "'");
  }

  private static UplinkCall call(UplinkCaller caller, RequestFrame request, long deadlineNanos) {
    return new UplinkCall(
        caller,
        request.service(),
        request.method(),
        request.payload(),
        request.contentType().isEmpty() ? DEFAULT_CONTENT_TYPE : request.contentType(),
        request.headers(),
        deadlineNanos);
  }

  /** What a call is given when it comes: what it asks for, at most what it can have. */
  private long timeNanos(RequestFrame request, @Nullable Route route) {
    // An unsigned number on the wire; 0 asks for the default.
    long askedMs = Integer.toUnsignedLong(request.deadlineMs());
    long givenNanos =
        askedMs == 0 ? defaultNanos : Math.min(TimeUnit.MILLISECONDS.toNanos(askedMs), maxNanos);
    return route == null ? givenNanos : Math.min(givenNanos, route.timeoutNanos());
  }

  private static CallResult handleNow(UplinkHandler handler, UplinkCall call) {
    try {
      return handler.handle(call);
    } catch (Throwable e) {
      // An error, too: the call must have its outcome, and the session lives on.
      log.warn("{}.{} failed", call.service(), call.method(), e);
      return CallResult.failed(Status.INTERNAL, "the service failed");
    }
  }

  /** The outcome of a call that is not worked on (any more). */
  private void settleNow(Arrival arrival, @Nullable Route route, CallResult result) {
    if (route == null) {
      routes.unknown().answered(result.status());
    } else {
      settled(route, result);
    }
    arrival.answerNow(result);
  }

  private static void settled(Route route, CallResult result) {
    route.counts().answered(result.status());
    route.backEnd().leave();
  }
}
