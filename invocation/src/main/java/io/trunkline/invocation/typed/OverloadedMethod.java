package io.trunkline.invocation.typed;

import io.trunkline.invocation.CallHandler;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.IncomingCall;
import io.trunkline.invocation.payload.MethodCodec.Fit;
import io.trunkline.invocation.payload.MethodCodecs.Choice;
import io.trunkline.protocol.v1.Status;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The plain name of an overloaded method: finds by number and names of arguments what is meant. */
final class OverloadedMethod implements CallHandler<IncomingCall> {
  private final String name;
  private final List<BoundMethod> overloads;

  OverloadedMethod(String name, List<BoundMethod> overloads) {
    this.name = name;
    this.overloads = overloads;
  }

  @Override
  public CallResult handle(IncomingCall call) throws Exception {
    List<BoundMethod> fitting = fitting(call, Fit.EXACT);
    if (fitting.isEmpty()) {
      fitting = fitting(call, Fit.POSSIBLE);
    }
    if (fitting.size() == 1) {
      return fitting.get(0).handle(call);
    }
    String all = overloads.stream().map(BoundMethod::name).collect(Collectors.joining(", "));
    return CallResult.failed(
        Status.INVALID_ARGUMENT,
        (fitting.isEmpty()
                ? "no '" + name + "' takes this"
                : "more than one '" + name + "' takes this")
            + "; there are "
            + all);
  }

  private List<BoundMethod> fitting(IncomingCall call, Fit wanted) {
    return overloads.stream().filter(one -> fit(one, call) == wanted).toList();
  }

  private static @Nullable Fit fit(BoundMethod method, IncomingCall call) {
    Choice payload = method.codecs().of(call.contentType());
    return payload == null ? null : payload.codec().fit(call.payload());
  }
}
