package io.trunkline.gateway.uplink;

import io.trunkline.invocation.CallResult;
import java.time.Duration;

/**
 * Sees every call to a service before it is made, and its outcome. Called on event loops, for many
 * sessions at a time: it must be thread-safe, must not wait for anything and must not throw. One
 * that throws in {@code before} ends the call {@code INTERNAL}; what {@code after} throws is
 * logged.
 *
 * <p>Several are asked in their order, and told of the outcome in the opposite order.
 */
public interface UplinkInterceptor {

  /** What becomes of a call. */
  sealed interface Decision {
    /**
     * It goes on.
     *
     * @param call as it was, or with other headers ({@link UplinkCall#withHeaders}) or another
     *     payload ({@link UplinkCall#withPayload}). Caller, service, method and deadline stay what
     *     they are: a call that differs there ends {@code INTERNAL}
     */
    record Pass(UplinkCall call) implements Decision {}

    /**
     * It ends here with this outcome: a refusal, or the answer in the service's place. Neither the
     * interceptors that follow nor the service see it.
     */
    record Answer(CallResult outcome) implements Decision {}

    static Decision pass(UplinkCall call) {
      return new Pass(call);
    }

    static Decision answer(CallResult outcome) {
      return new Answer(outcome);
    }
  }

  /**
   * A call has come. Whether there is such a service and room for the call is not known yet.
   *
   * @param call as the interceptors before this one have passed it
   */
  default Decision before(UplinkCall call) {
    return Decision.pass(call);
  }

  /**
   * A call is over. Exactly once for each call that {@link #before} was asked about, whatever
   * became of it: answered, refused by an interceptor, {@code NOT_FOUND}, {@code BUSY}, {@code
   * DEADLINE_EXCEEDED}, {@code CANCELLED} with its session; also for a one-way call, whose outcome
   * nobody else is told.
   *
   * @param call as the last of the interceptors that were asked has passed it
   * @param outcome as the caller is told
   * @param took since the call came, on a monotonic clock
   */
  default void after(UplinkCall call, CallResult outcome, Duration took) {}
}
