package io.trunkline.gateway.uplink;

import io.trunkline.gateway.session.Session;
import io.trunkline.invocation.Alarm;
import io.trunkline.invocation.BoundedExecutor;
import io.trunkline.invocation.CallOrigin;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.RunningCall;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

  private final UplinkConfig config;
  private final Map<String, Route> routes = new HashMap<>();
  private final Alarm alarm;
  private final int maxOutstanding;
  private final @Nullable Interceptors interceptors;
  private final LongAdder calls = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /**
   * @param executor runs blocking services, a virtual thread a task
   * @param alarm for deadlines of blocking calls; one for the node
   * @param maxOutstanding calls of one session that are worked on at a time
   */
  public Uplink(
      UplinkConfig config,
      List<UplinkService> services,
      Executor executor,
      Alarm alarm,
      int maxOutstanding) {
    this(config, services, executor, alarm, maxOutstanding, List.of());
  }

  /**
   * The same, with interceptors.
   *
   * @param interceptors see every call, in this order
   */
  public Uplink(
      UplinkConfig config,
      List<UplinkService> services,
      Executor executor,
      Alarm alarm,
      int maxOutstanding,
      List<UplinkInterceptor> interceptors) {
    this.config = config;
    this.alarm = alarm;
    this.maxOutstanding = maxOutstanding;
    this.interceptors = Interceptors.of(interceptors);
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

  /** Answers a request of a client now or later. On the session's event loop. */
  public void dispatch(Session session, Request request) {
    dispatch(session, UplinkCaller.of(session.info()), request);
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
    return LocalOrigin.of(call, oneWay, (origin, request) -> dispatch(origin, caller, request));
  }

  /** Whether there is a service of this name. Any thread. */
  public boolean offers(String service) {
    return routes.containsKey(service);
  }

  private void dispatch(CallOrigin origin, UplinkCaller caller, Request request) {
    calls.increment();
    UplinkCall call = call(caller, request);
    if (interceptors == null) {
      dispatch(origin, request, call, null);
      return;
    }
    Interceptors.Passage passage = interceptors.before(call);
    CallResult refusal = passage.refusal();
    if (refusal == null) {
      dispatch(origin, request, passage.call(), passage);
    } else {
      answerNow(origin, request, refusal, passage);
    }
  }

  private void dispatch(
      CallOrigin origin, Request request, UplinkCall call, Interceptors.@Nullable Passage passage) {
    Route route = routes.get(call.service());
    UplinkHandler handler = route == null ? null : route.handler(call.method());
    if (route == null || handler == null) {
      answerNow(origin, request, notFound(route, request), passage);
    } else if (route.executor() == null) {
      answerNow(origin, request, handleNow(handler, call), passage);
    } else if (origin.callsInFlight() >= maxOutstanding) {
      answerNow(origin, request, TOO_MANY, passage);
    } else {
      new RunningCall<>(origin, call, handler, result -> answer(origin, request, result, passage))
          .start(route.executor(), alarm);
    }
  }

  private static final CallResult TOO_MANY =
      CallResult.failed(
          Status.BUSY, "too many calls of this session are outstanding", RunningCall.BUSY_RETRY);

  private static CallResult notFound(@Nullable Route route, Request request) {
    return CallResult.failed(
        Status.NOT_FOUND,
        route == null
            ? "no service '" + request.getService() + "'"
            : "no method '" + request.getMethod() + "' in '" + request.getService() + "'");
  }

  private UplinkCall call(UplinkCaller caller, Request request) {
    // An unsigned number on the wire; 0 asks for the default.
    long askedMs = Integer.toUnsignedLong(request.getDeadlineMs());
    long deadlineMs =
        askedMs == 0
            ? config.defaultDeadline().toMillis()
            : Math.min(askedMs, config.maxDeadline().toMillis());
    return new UplinkCall(
        caller,
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
    } catch (Throwable e) {
      // An error, too: the call must have its outcome, and the session lives on.
      log.warn("{}.{} failed", call.service(), call.method(), e);
      return CallResult.failed(Status.INTERNAL, "the service failed");
    }
  }

  /** Within a read, at whose end the answers to all that was read leave in one flush. */
  private void answerNow(
      CallOrigin origin,
      Request request,
      CallResult result,
      Interceptors.@Nullable Passage passage) {
    over(result, passage);
    if (!request.getOneWay()) {
      origin.respondInRead(result.toResponse(request.getSeq()));
    }
  }

  private void answer(
      CallOrigin origin,
      Request request,
      CallResult result,
      Interceptors.@Nullable Passage passage) {
    over(result, passage);
    if (!request.getOneWay()) {
      origin.respond(result.toResponse(request.getSeq()));
    }
  }

  private void over(CallResult result, Interceptors.@Nullable Passage passage) {
    if (!result.ok()) {
      failures.increment();
    }
    if (passage != null) {
      passage.after(result);
    }
  }
}
