package io.trunkline.invocation.typed;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallHandler;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.IncomingCall;
import io.trunkline.invocation.payload.MethodCodecs;
import io.trunkline.invocation.payload.MethodCodecs.Choice;
import io.trunkline.invocation.payload.PayloadException;
import io.trunkline.invocation.typed.MethodContract.Mode;
import io.trunkline.protocol.v1.Status;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A method of an implementation. */
final class BoundMethod implements CallHandler<IncomingCall> {
  private static final CallResult NOTHING = CallResult.ok(ByteString.EMPTY, "");

  private final MethodContract contract;
  private final MethodCodecs codecs;
  private final MethodHandle target; // (Object[])Object

  private BoundMethod(MethodContract contract, MethodCodecs codecs, MethodHandle target) {
    this.contract = contract;
    this.codecs = codecs;
    this.target = target;
  }

  static BoundMethod of(MethodContract contract, MethodCodecs codecs, Object implementation) {
    java.lang.reflect.Method method = contract.method();
    try {
      MethodHandle target =
          MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
              .unreflect(method)
              .bindTo(implementation)
              .asFixedArity()
              .asSpreader(Object[].class, method.getParameterCount())
              .asType(MethodType.methodType(Object.class, Object[].class));
      return new BoundMethod(contract, codecs, target);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(method + " cannot be reached: open its package", e);
    }
  }

  String name() {
    return contract.wireName();
  }

  MethodCodecs codecs() {
    return codecs;
  }

  @Override
  public CallResult handle(IncomingCall call) throws Exception {
    Choice payload = codecs.of(call.contentType());
    if (payload == null) {
      return CallResult.failed(
          Status.INVALID_ARGUMENT,
          name() + " takes " + codecs.names() + ", not '" + shortened(call.contentType()) + "'");
    }
    @Nullable Object[] arguments;
    try {
      arguments = payload.codec().readArguments(call.payload());
    } catch (PayloadException e) {
      return CallResult.failed(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
    IncomingCall before = CurrentCall.set(call);
    Object result;
    try {
      result = target.invokeExact(arguments);
      if (contract.mode() == Mode.ASYNC) {
        result = await((CompletionStage<?>) Objects.requireNonNull(result, "a null future"));
      }
    } catch (Throwable thrown) {
      return failed(thrown);
    } finally {
      var unused = CurrentCall.set(before);
    }
    return contract.shape().hasResult()
        ? CallResult.ok(payload.codec().writeResult(result), payload.contentType())
        : NOTHING;
  }

  private static String shortened(String contentType) {
    return contentType.length() > 64 ? contentType.substring(0, 64) + "..." : contentType;
  }

  private static @Nullable Object await(CompletionStage<?> stage) throws Throwable {
    CompletableFuture<?> future = stage.toCompletableFuture();
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private CallResult failed(Throwable thrown) throws Exception {
    if (thrown instanceof CallException answer) {
      CallResult result = answer.result();
      // Its headers are about another call, if it comes from one.
      return CallResult.failed(result.status(), result.message(), result.retryAfter());
    }
    CallResult declared = contract.exceptions().answer(thrown);
    if (declared != null) {
      return declared;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (Exception) thrown;
  }
}
