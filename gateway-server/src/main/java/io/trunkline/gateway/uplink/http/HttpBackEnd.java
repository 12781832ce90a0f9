package io.trunkline.gateway.uplink.http;

import io.helidon.common.tls.Tls;
import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkHandler;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service that speaks HTTP/1.1; docs/BACKENDS.md is the contract. Thread-safe; calls block, each
 * on a virtual thread, and end with an interrupt: the exchange and its connection go with it.
 */
public final class HttpBackEnd implements UplinkHandler, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpBackEnd.class);

  private static final String ALL_OTHERS = "*";
  private static final int DEFAULT_MAX_RESPONSE_BYTES = 1 << 20;
  private static final int MAX_HEADER_BYTES = 32 << 10;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String service;
  private final Options options;
  private final Endpoint endpoint;
  private final Map<String, RequestTemplate> templates;
  private final CallIdentity identity;
  private final HttpConnections connections;
  private final HttpExchange exchange;
  private final HttpOutcomes outcomes;
  private final int maxResponseBytes;
  private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_INTERVAL_NANOS);

  /**
   * Where it is and how its methods are called.
   *
   * @param url base of all paths
   * @param methods {@code GET /orders/{id}} by the call's method; {@code *}: all others
   * @param headers sent with every request
   * @param statuses outcomes of HTTP status codes that differ from the usual
   * @param trusted authorities that are believed in place of the JVM's; none: the JVM's
   * @param connections kept alive at most
   */
  public record Options(
      URI url,
      Map<String, String> methods,
      Map<String, String> headers,
      Map<Integer, Status> statuses,
      List<X509Certificate> trusted,
      int connections) {
    public Options {
      methods = Map.copyOf(methods);
      headers = Map.copyOf(headers);
      statuses = Map.copyOf(statuses);
      trusted = List.copyOf(trusted);
    }

    /** Without the headers: they may be secrets. */
    @Override
    public String toString() {
      return "Options[" + url + ", " + methods + "]";
    }
  }

  private HttpBackEnd(
      String service, Options options, CallIdentity identity, int maxResponseBytes, Tls tls) {
    this.service = service;
    this.options = options;
    this.identity = identity;
    this.maxResponseBytes = maxResponseBytes;
    this.templates = OptionsCheck.templates(options);
    this.endpoint = Endpoint.of(options.url(), tls);
    this.connections = new HttpConnections(endpoint, options.connections());
    this.exchange = new HttpExchange(endpoint.origin(), maxResponseBytes, MAX_HEADER_BYTES);
    this.outcomes = new HttpOutcomes(service, options.statuses(), Clock.systemUTC());
  }

  /**
   * Makes it; connects with the first call.
   *
   * @throws IllegalArgumentException if something in the options is wrong, in one line
   */
  public static HttpBackEnd open(String service, Options options, CallIdentity identity) {
    return open(service, options, identity, DEFAULT_MAX_RESPONSE_BYTES);
  }

  /**
   * Makes it; connects with the first call.
   *
   * @param maxResponseBytes a larger body ends the call
   * @throws IllegalArgumentException if something in the options is wrong, in one line
   */
  public static HttpBackEnd open(
      String service, Options options, CallIdentity identity, int maxResponseBytes) {
    Tls tls = Tls.builder().trust(options.trusted()).build();
    return new HttpBackEnd(service, options, identity, maxResponseBytes, tls);
  }

  @Override
  public CallResult handle(UplinkCall call) throws InterruptedException {
    String method = nameOnly(call.method());
    RequestTemplate template = templates.get(call.method());
    if (template == null) {
      template = templates.getOrDefault(method, templates.get(ALL_OTHERS));
    }
    if (template == null || !OptionsCheck.isName(method)) {
      return CallResult.failed(Status.NOT_FOUND, "no method '" + method + "' in '" + service + "'");
    }
    if (!OptionsCheck.isHeaderValue(call.contentType())) {
      return CallResult.failed(Status.INVALID_ARGUMENT, "the content type is not a media type");
    }
    RequestTemplate.Filled filled;
    try {
      filled = template.fill(endpoint.path(), method, call.payload(), call.contentType());
    } catch (UnfitPayloadException e) {
      return CallResult.failed(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
    CallResult result = attempt(call, filled, /* fresh= */ false);
    return result == null ? last(attempt(call, filled, /* fresh= */ true)) : result;
  }

  /** A typed client names the overload in parentheses. */
  private static String nameOnly(String method) {
    int signature = method.indexOf('(');
    return signature < 0 ? method : method.substring(0, signature);
  }

  private static CallResult last(@Nullable CallResult result) {
    if (result == null) {
      throw new IllegalStateException("a fresh connection is not stale");
    }
    return result;
  }

  /**
   * One attempt.
   *
   * @return null: the connection was stale, and another attempt can do no harm
   */
  private @Nullable CallResult attempt(
      UplinkCall call, RequestTemplate.Filled filled, boolean fresh) throws InterruptedException {
    long leftNanos = call.deadlineNanos() - System.nanoTime();
    if (leftNanos <= 0) {
      return late("; it was not sent");
    }
    HttpConnection connection;
    try {
      connection = connections.take(filled.method(), fresh, leftNanos);
    } catch (IOException | RuntimeException e) {
      throwIfInterrupted();
      warn("cannot be reached", e);
      return CallResult.failed(
          Status.UNAVAILABLE,
          "the back end of '" + service + "' cannot be reached; nothing was done",
          RETRY_AFTER);
    }
    boolean kept = false;
    try {
      connection.begin(call.deadlineNanos(), 2L * maxResponseBytes + 2 * MAX_HEADER_BYTES);
      HttpExchange.Answer answer =
          exchange.run(connection, filled, headers(call, filled, leftNanos));
      kept = answer.reusable();
      return outcomes.of(answer);
    } catch (RuntimeException e) {
      throwIfInterrupted();
      boolean repeatable = filled.method().idempotent() && connection.reused();
      if (repeatable && !connection.heard() && !connection.late()) {
        return null;
      }
      return failed(connection, filled.method(), e);
    } finally {
      if (kept) {
        connections.giveBack(connection);
      } else {
        connection.closeResource();
      }
    }
  }

  private Map<String, String> headers(
      UplinkCall call, RequestTemplate.Filled filled, long leftNanos) {
    Map<String, String> headers = new LinkedHashMap<>(identity.headers(call));
    headers.put("tl-deadline-ms", Long.toString(TimeUnit.NANOSECONDS.toMillis(leftNanos)));
    headers.put("user-agent", "trunkline");
    headers.put("accept", "application/json, */*;q=0.5");
    if (!filled.contentType().isEmpty()) {
      headers.put("content-type", filled.contentType());
    }
    // Last: what the operator has set, nobody else does.
    options.headers().forEach((name, value) -> headers.put(OptionsCheck.lowerCase(name), value));
    return headers;
  }

  private CallResult failed(HttpConnection connection, HttpMethod method, RuntimeException e) {
    if (connection.late()) {
      return late("; whether it was done is not known");
    }
    if (e instanceof HttpConnection.TooMuchException) {
      warn("answers with more than " + maxResponseBytes + " bytes", e);
      return CallResult.failed(
          Status.INTERNAL,
          "the answer of '" + service + "' is larger than " + maxResponseBytes + " bytes");
    }
    if (connection.heard()) {
      warn("does not answer in proper HTTP", e);
      return CallResult.failed(
          Status.INTERNAL,
          "the answer of '" + service + "' broke off or is not HTTP; the call may have been done");
    }
    warn("closes the connection without an answer", e);
    return method.safe()
        ? CallResult.failed(
            Status.UNAVAILABLE,
            "'" + service + "' closed the connection without an answer; nothing was changed",
            RETRY_AFTER)
        : CallResult.failed(
            Status.INTERNAL,
            "'" + service + "' closed the connection without an answer; it may have been done");
  }

  private CallResult late(String whatOfIt) {
    return CallResult.failed(
        Status.DEADLINE_EXCEEDED, "'" + service + "' did not answer in time" + whatOfIt);
  }

  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private void warn(String what, Exception e) {
    long now = System.nanoTime();
    long last = lastLogged.get();
    if (now - last >= LOG_INTERVAL_NANOS && lastLogged.compareAndSet(last, now)) {
      log.warn("the back end of '{}' at {} {}: {}", service, endpoint.origin(), what, firstLine(e));
    } else {
      log.debug("the back end of '{}' {}", service, what, e);
    }
  }

  private static String firstLine(Exception e) {
    return e.toString().lines().findFirst().orElse("");
  }

  /** Connections that are kept at present. */
  int keptConnections() {
    return connections.kept();
  }

  /** Closes its connections; calls under way go on. */
  @Override
  public void close() {
    connections.close();
  }
}
