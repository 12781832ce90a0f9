package io.trunkline.client;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.invocation.typed.ServiceProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * One client of a gateway: keeps a connection, comes back when it is lost, calls and is notified.
 * Thread-safe.
 *
 * <p>The futures it returns complete on its event loop. Dependents that may block belong on {@code
 * …Async} methods, which run on the callback executor unless another is named.
 */
public final class TrunklineClient implements AutoCloseable {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Supervisor supervisor;

  TrunklineClient(Supervisor supervisor) {
    this.supervisor = supervisor;
  }

  public static ClientBuilder builder() {
    return new ClientBuilder();
  }

  public ClientOptions options() {
    return supervisor.options();
  }

  public ClientState state() {
    return supervisor.state();
  }

  /** Of the present connection; empty while there is none. */
  public Optional<SessionInfo> session() {
    return supervisor.session();
  }

  /**
   * Connects, and keeps connected until {@link #close}, a close code that forbids to come back, or
   * credentials that are refused and do not change. Called again it returns the same future.
   *
   * @return completes with the first Welcome; exceptionally with {@link GatewayException} when the
   *     gateway refuses for good, with {@link java.io.IOException} when it cannot be reached and
   *     {@link ClientOptions#retryFirstConnect} is false, with {@link
   *     java.util.concurrent.CancellationException} when the client is closed before
   */
  public CompletableFuture<SessionInfo> connect() {
    return supervisor.connect();
  }

  /** Completes, never exceptionally, when the client is closed for good, with the last reason. */
  public CompletableFuture<Disconnect> closed() {
    return supervisor.closed();
  }

  /** Calls with text, for as long as the options say. */
  public CompletableFuture<CallResult> call(String service, String method, String text) {
    return call(
        service,
        method,
        text.getBytes(StandardCharsets.UTF_8),
        TEXT,
        supervisor.options().timeouts().call());
  }

  /**
   * Calls a service behind the gateway.
   *
   * @param payload copied
   * @param contentType media type of the payload; empty: application/octet-stream
   * @param timeout from 1 ms; travels with the call and is also kept on this side, to about 50 ms.
   *     Within a call that this client answers, it is at most what is left of that
   * @return completes once, with a status, never exceptionally (except by the caller)
   */
  public CompletableFuture<CallResult> call(
      String service, String method, byte[] payload, String contentType, Duration timeout) {
    return call(outgoing(service, method, payload, contentType, timeout));
  }

  /** As {@link #call(String, String, byte[], String, Duration)}, with headers. */
  public CompletableFuture<CallResult> call(OutgoingCall call) {
    return supervisor.uplink().call(call);
  }

  /**
   * Calls, and waits.
   *
   * @throws InterruptedException the outcome is then not known
   * @throws IllegalStateException on this client's event loop, where the answer would never come
   */
  public CallResult callAndWait(OutgoingCall call) throws InterruptedException {
    if (!supervisor.uplink().mayWait()) {
      throw new IllegalStateException("waiting for an answer on the event loop that brings it");
    }
    CompletableFuture<CallResult> outcome = call(call);
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("outcomes are not exceptional", e);
    }
  }

  /**
   * Calls, and tells the outcome.
   *
   * @param callback run once, on the callback executor
   */
  public void call(OutgoingCall call, Consumer<CallResult> callback) {
    var unused = call(call).thenAcceptAsync(callback, supervisor.uplink().callbacks());
  }

  /**
   * Calls without wanting an answer: none comes, whatever happens.
   *
   * @param payload copied
   * @param contentType media type of the payload; empty: application/octet-stream
   * @return OK when it was handed to the connection, otherwise why not
   */
  public CompletableFuture<CallResult> callOneWay(
      String service, String method, byte[] payload, String contentType) {
    return callOneWay(
        outgoing(service, method, payload, contentType, supervisor.options().timeouts().call()));
  }

  /** As {@link #callOneWay(String, String, byte[], String)}, with headers. */
  public CompletableFuture<CallResult> callOneWay(OutgoingCall call) {
    return supervisor.uplink().callOneWay(call);
  }

  /**
   * A service behind the gateway, by its Java interface, with the options' time-out for calls.
   *
   * @throws IllegalArgumentException if the interface cannot be a service; the message says why
   */
  public <T> T service(Class<T> type) {
    return service(type, supervisor.options().timeouts().call());
  }

  /**
   * A service behind the gateway, by its Java interface. Cheap after the first time; {@link
   * ServiceProxy#of} says what its methods do.
   *
   * @param timeout of methods that name none; from 1 ms
   * @throws IllegalArgumentException if the interface cannot be a service; the message says why
   */
  public <T> T service(Class<T> type, Duration timeout) {
    return ServiceProxy.of(type, supervisor.uplink(), timeout, PayloadCodecs.standard());
  }

  /** Round trip of a Ping. Completes exceptionally when there is no connection, or it goes away. */
  public CompletableFuture<Duration> ping() {
    return supervisor.uplink().ping();
  }

  /**
   * Wants the messages of a topic, now and after each reconnect, from where this client was if the
   * gateway still has it.
   *
   * @param topic 1 to 128 bytes of UTF-8
   * @param listener takes its messages, in one order with all of this client's callbacks
   * @return at once; {@link Subscription#result} says what the gateway answered
   */
  public Subscription subscribe(String topic, NotificationListener listener) {
    return supervisor.downlink().subscribe(topic, listener);
  }

  /**
   * Wants a topic no more, and forgets the position in it. Messages that are on their way still
   * come, to the client's own listener.
   *
   * @return the gateway's answer; without a connection it is told on the next. {@code NOT_FOUND}:
   *     this client was not subscribed
   */
  public CompletableFuture<ControlResult> unsubscribe(String topic) {
    return supervisor.downlink().unsubscribe(topic);
  }

  /**
   * Gives the gateway a new token on the living connection, for the same user and device. If it is
   * taken, a client that was built with a fixed token uses the new one for what comes.
   *
   * @return {@code UNAVAILABLE} when there is no connection: nothing was sent
   */
  public CompletableFuture<ControlResult> refresh(String token) {
    return supervisor.uplink().refresh(token, supervisor.options().timeouts().call());
  }

  /**
   * Ends the session (Bye) and the client. Returns at once; {@link #closed} says when it is done.
   * Calls under way end {@code CANCELLED}. Doing it again does nothing.
   */
  @Override
  public void close() {
    supervisor.close();
  }

  private static OutgoingCall outgoing(
      String service, String method, byte[] payload, String contentType, Duration timeout) {
    return new OutgoingCall(
        service, method, ByteString.copyFrom(payload), contentType, Map.of(), timeout);
  }
}
