package io.trunkline.gateway.uplink;

import io.trunkline.configuration.Size;
import io.trunkline.gateway.uplink.routes.Protection;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a call of a protected service must pass before it is worked on: size, rates, circuit, in
 * this order. Thread-safe; called on event loops.
 *
 * @param maxBytes of a payload; {@link Long#MAX_VALUE}: any
 */
record Guard(String service, long maxBytes, @Nullable RateLimits rates, @Nullable Circuit circuit) {

  /**
   * A late call counts against its back end if it had at least this, or the service's time-out: a
   * caller in a hurry must not open the circuit for all.
   */
  private static final long JUDGED_NS = TimeUnit.SECONDS.toNanos(1);

  /** Null: there is nothing to look at, and no call pays for it. */
  static @Nullable Guard of(
      String service,
      Protection protection,
      @Nullable RateLimits rates,
      @Nullable Circuit circuit) {
    Size most = protection.maxRequest();
    return most == null && rates == null && circuit == null
        ? null
        : new Guard(service, most == null ? Long.MAX_VALUE : most.bytes(), rates, circuit);
  }

  /** Whether a call passes. */
  sealed interface Verdict {
    /** It was let through, and must be told how it went: {@link #refused} or {@link #ended}. */
    record Admitted(Guard guard, UplinkCaller caller, @Nullable Object permit) implements Verdict {

      /** It was not worked on after all: all that it took is given back. */
      void refused() {
        guard.giveBack(this);
      }

      /**
       * It has its outcome.
       *
       * @param hadNs the time it was given at first
       * @param timeoutNs the service's own
       */
      void ended(Status outcome, long hadNs, long timeoutNs) {
        guard.judge(this, outcome, hadNs >= Math.min(JUDGED_NS, timeoutNs));
      }
    }

    /** It was not, and nothing was taken. */
    record Refused(CallResult result) implements Verdict {}
  }

  Verdict admit(UplinkCaller caller, int bytes) {
    if (bytes > maxBytes) {
      return new Verdict.Refused(
          CallResult.failed(
              Status.TOO_LARGE,
              "'" + service + "' takes " + maxBytes + " bytes at most, not " + bytes));
    }
    CallResult limited = rates == null ? null : rates.take(caller);
    if (limited != null) {
      return new Verdict.Refused(limited);
    }
    Object permit = circuit == null ? null : circuit.enter();
    if (circuit != null && permit == null) {
      if (rates != null) {
        rates.giveBack(caller);
      }
      return new Verdict.Refused(circuit.refusal());
    }
    return new Verdict.Admitted(this, caller, permit);
  }

  private void giveBack(Verdict.Admitted call) {
    if (rates != null) {
      rates.giveBack(call.caller());
    }
    if (circuit != null && call.permit() != null) {
      circuit.release(call.permit());
    }
  }

  private void judge(Verdict.Admitted call, Status outcome, boolean hadTime) {
    if (circuit == null || call.permit() == null) {
      return;
    }
    switch (outcome) {
      case INTERNAL, UNAVAILABLE, UNRECOGNIZED -> circuit.failed(call.permit());
      case DEADLINE_EXCEEDED -> {
        if (hadTime) {
          circuit.failed(call.permit());
        } else {
          circuit.release(call.permit());
        }
      }
      case BUSY, CANCELLED, RATE_LIMITED -> circuit.release(call.permit());
      case OK, NOT_FOUND, INVALID_ARGUMENT, PERMISSION_DENIED, TOO_LARGE, CONFLICT ->
          circuit.succeeded(call.permit());
    }
  }
}
