package io.trunkline.invocation.typed;

import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.payload.MethodCodecs;
import io.trunkline.invocation.payload.MethodCodecs.Choice;
import io.trunkline.invocation.payload.PayloadException;
import io.trunkline.invocation.typed.ProxyHandler.Invoker;
import io.trunkline.protocol.v1.Status;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A method that is called on the other side. */
final class RemoteMethod {
  private static final String UNKNOWN = "application/octet-stream";

  private final String service;
  private final MethodContract contract;
  private final MethodCodecs codecs;
  private final Choice payload;

  private RemoteMethod(String service, MethodContract contract, MethodCodecs codecs) {
    this.service = service;
    this.contract = contract;
    this.codecs = codecs;
    this.payload = codecs.preferred();
  }

  static Invoker of(String service, MethodContract contract, MethodCodecs codecs) {
    RemoteMethod method = new RemoteMethod(service, contract, codecs);
    return switch (contract.mode()) {
      case SYNC -> method::callAndWait;
      case ASYNC -> method::callAsync;
      case ONE_WAY -> method::callOneWay;
    };
  }

  private OutgoingCall outgoing(ProxyHandler handler, @Nullable Object[] arguments) {
    return new OutgoingCall(
        service,
        contract.wireName(),
        payload.codec().writeArguments(arguments),
        payload.contentType(),
        Map.of(),
        contract.timeout() == null ? handler.timeout() : contract.timeout());
  }

  private @Nullable Object callAndWait(
      ProxyHandler handler, Object proxy, @Nullable Object[] arguments) throws Throwable {
    if (!handler.caller().mayWait()) {
      throw new IllegalStateException(
          service
              + "."
              + contract.wireName()
              + " would wait on the event loop that brings the answer: let it return a"
              + " CompletableFuture, or call it on another thread");
    }
    return read(await(handler.caller().call(outgoing(handler, arguments))));
  }

  private @Nullable Object callOneWay(
      ProxyHandler handler, Object proxy, @Nullable Object[] arguments) throws Throwable {
    CompletableFuture<CallResult> handedOver =
        handler.caller().callOneWay(outgoing(handler, arguments));
    if (!handedOver.isDone() && !handler.caller().mayWait()) {
      return null; // on its way; nobody will know
    }
    CallResult result = await(handedOver);
    if (!result.ok()) {
      throw new CallException(result);
    }
    return null;
  }

  private CompletableFuture<@Nullable Object> callAsync(
      ProxyHandler handler, Object proxy, @Nullable Object[] arguments) {
    CompletableFuture<CallResult> outcome = handler.caller().call(outgoing(handler, arguments));
    // Of the caller's own kind of future, so that …Async dependents run where its others do.
    CompletableFuture<@Nullable Object> answer = outcome.newIncompleteFuture();
    var unusedOutcome =
        outcome.whenComplete(
            (result, failure) -> {
              try {
                answer.complete(read(failure == null ? result : broken(failure)));
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            });
    var unusedAnswer =
        answer.whenComplete(
            (result, failure) -> {
              if (failure instanceof CancellationException) {
                outcome.cancel(false);
              }
            });
    return answer;
  }

  private CallResult await(CompletableFuture<CallResult> outcome) throws InterruptedException {
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      outcome.cancel(false);
      if (contract.exceptions().interruptible()) {
        throw e;
      }
      Thread.currentThread().interrupt();
      throw new CallException(
          CallResult.failed(
              Status.CANCELLED, "interrupted while waiting; whether it had effects is unknown"),
          e);
    } catch (ExecutionException | CancellationException e) {
      return broken(e);
    }
  }

  /** Callers do not end their futures so; if one does, the call must have an outcome still. */
  private static CallResult broken(Throwable e) {
    return CallResult.failed(Status.INTERNAL, "the call broke off: " + e);
  }

  private @Nullable Object read(CallResult result) throws Throwable {
    if (!result.ok()) {
      throw contract.exceptions().rebuild(result);
    }
    if (!contract.shape().hasResult()) {
      return null;
    }
    String contentType = result.contentType();
    // What says nothing of itself is taken for what was asked.
    Choice answer =
        contentType.isEmpty() || contentType.equals(UNKNOWN) ? payload : codecs.of(contentType);
    if (answer == null) {
      throw unreadable("it is '" + contentType + "', not " + codecs.names(), null);
    }
    try {
      return answer.codec().readResult(result.payload());
    } catch (PayloadException e) {
      throw unreadable(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      throw unreadable(e.toString(), e);
    }
  }

  private CallException unreadable(String why, @Nullable Throwable cause) {
    CallResult result =
        CallResult.failed(
            Status.INTERNAL,
            "the answer of " + service + "." + contract.wireName() + " cannot be read: " + why);
    return cause == null ? new CallException(result) : new CallException(result, cause);
  }
}
