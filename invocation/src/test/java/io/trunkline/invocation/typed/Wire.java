package io.trunkline.invocation.typed;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.trunkline.invocation.CallHandler;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.Caller;
import io.trunkline.invocation.IncomingCall;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection without the connection: calls and answers become bytes and are read
 * again, and handlers run on threads of their own.
 */
final class Wire implements Caller, AutoCloseable {
  record Incoming(
      String service,
      String method,
      ByteString payload,
      String contentType,
      Map<String, String> headers,
      long deadlineNanos)
      implements IncomingCall {}

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, ServiceBinding> services = new ConcurrentHashMap<>();
  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  final Queue<OutgoingCall> sent = new ConcurrentLinkedQueue<>();
  final Queue<Future<?>> work = new ConcurrentLinkedQueue<>();
  volatile boolean mayWait = true;
  volatile @Nullable CallResult refusal;

  <T> Wire serve(Class<T> type, T implementation) {
    return serve(type, implementation, PayloadCodecs.standard());
  }

  <T> Wire serve(Class<T> type, T implementation, PayloadCodecs codecs) {
    ServiceBinding binding = ServiceBinding.of(type, implementation, codecs);
    services.put(binding.name(), binding);
    return this;
  }

  <T> T proxy(Class<T> type) {
    return ServiceProxy.of(type, this, Duration.ofSeconds(10), PayloadCodecs.standard());
  }

  @Override
  public boolean mayWait() {
    return mayWait;
  }

  @Override
  public CompletableFuture<CallResult> call(OutgoingCall call) {
    sent.add(call);
    CompletableFuture<CallResult> outcome = new CompletableFuture<>();
    byte[] bytes = bytes(call);
    work.add(threads.submit(() -> outcome.complete(received(answer(bytes)))));
    return outcome;
  }

  @Override
  public CompletableFuture<CallResult> callOneWay(OutgoingCall call) {
    CallResult refused = refusal;
    if (refused != null) {
      return CompletableFuture.completedFuture(refused);
    }
    sent.add(call);
    byte[] bytes = bytes(call);
    work.add(threads.submit(() -> answer(bytes)));
    return CompletableFuture.completedFuture(CallResult.failed(Status.OK, ""));
  }

  /** As a generic caller does. */
  CallResult call(String service, String method, String payload, String contentType) {
    return call(new OutgoingCall(
            service,
            method,
            ByteString.copyFromUtf8(payload),
            contentType,
            Map.of(),
            Duration.ofSeconds(10)))
        .join();
  }

  CallResult json(String service, String method, String payload) {
    return call(service, method, payload, "application/json");
  }

  private static byte[] bytes(OutgoingCall call) {
    return Request.newBuilder()
        .setSeq(1)
        .setService(call.service())
        .setMethod(call.method())
        .setPayload(call.payload())
        .setContentType(call.contentType())
        .putAllHeaders(call.headers())
        .build()
        .toByteArray();
  }

  private static CallResult received(byte[] response) {
    try {
      return CallResult.of(Response.parseFrom(response));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] answer(byte[] bytes) {
    CallResult result;
    try {
      result = handle(Request.parseFrom(bytes));
    } catch (Throwable e) {
      // As RunningCall does.
      thrown.add(e);
      result =
          e instanceof InterruptedException
              ? CallResult.failed(Status.CANCELLED, "the call was cancelled")
              : CallResult.failed(Status.INTERNAL, "the service failed");
    }
    return result.toResponse(1).toByteArray();
  }

  private CallResult handle(Request request) throws Exception {
    ServiceBinding binding = services.get(request.getService());
    CallHandler<IncomingCall> handler =
        binding == null ? null : binding.methods().get(request.getMethod());
    if (handler == null) {
      return CallResult.failed(Status.NOT_FOUND, "no " + request.getMethod());
    }
    String type = request.getContentType();
    return handler.handle(
        new Incoming(
            request.getService(),
            request.getMethod(),
            request.getPayload(),
            type.isEmpty() ? "application/octet-stream" : type,
            request.getHeadersMap(),
            System.nanoTime() + Duration.ofSeconds(10).toNanos()));
  }

  /** What handlers threw, as the log would have it. */
  Queue<Throwable> thrown() {
    return thrown;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
