package io.trunkline.gateway.uplink;

import io.trunkline.gateway.session.FailureLog;
import io.trunkline.gateway.uplink.UplinkInterceptor.Decision;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leads calls past the interceptors. */
final class Interceptors {
  private static final CallResult FAILED =
      CallResult.failed(Status.INTERNAL, "the gateway failed before the call was made");

  private record Guarded(UplinkInterceptor interceptor, FailureLog failures) {}

  private final Guarded[] all;

  private Interceptors(List<UplinkInterceptor> interceptors) {
    all =
        interceptors.stream()
            .map(interceptor -> new Guarded(interceptor, new FailureLog(interceptor)))
            .toArray(Guarded[]::new);
  }

  /** Null where there are none, so that calls without interceptors cost one look. */
  static @Nullable Interceptors of(List<UplinkInterceptor> interceptors) {
    return interceptors.isEmpty() ? null : new Interceptors(interceptors);
  }

  /** A call on its way. */
  final class Passage {
    private final long startedNanos = System.nanoTime();
    private UplinkCall call;
    private @Nullable CallResult refusal;
    private int asked;

    private Passage(UplinkCall call) {
      this.call = call;
    }

    /** What is to be called, unless there is a {@link #refusal}. */
    UplinkCall call() {
      return call;
    }

    /** The outcome, if an interceptor has decided it already. */
    @Nullable CallResult refusal() {
      return refusal;
    }

    /** Tells those who were asked. To be called once. */
    void after(CallResult outcome) {
      Duration took = Duration.ofNanos(System.nanoTime() - startedNanos);
      for (int i = asked - 1; i >= 0; i--) {
        try {
          all[i].interceptor().after(call, outcome, took);
        } catch (Throwable e) {
          all[i].failures().failed("after", e);
        }
      }
    }
  }

  /** Asks them in their order, until one decides. */
  Passage before(UplinkCall call) {
    var passage = new Passage(call);
    while (passage.refusal == null && passage.asked < all.length) {
      Guarded next = all[passage.asked++];
      try {
        switch (next.interceptor().before(passage.call)) {
          case Decision.Pass pass -> passage.call = checked(passage.call, pass.call());
          case Decision.Answer answer -> passage.refusal = answer.outcome();
        }
      } catch (Throwable e) {
        // An error, too: the call must have its outcome, and the session lives on.
        next.failures().failed("before", e);
        passage.refusal = FAILED;
      }
    }
    return passage;
  }

  private static UplinkCall checked(UplinkCall before, UplinkCall after) {
    if (!after.caller().equals(before.caller())
        || !after.service().equals(before.service())
        || !after.method().equals(before.method())
        || after.deadlineNanos() != before.deadlineNanos()) {
      throw new IllegalStateException(
          "an interceptor may change a call's headers and payload, nothing else");
    }
    return after;
  }
}
