package io.trunkline.gateway.uplink.routes;

import io.trunkline.configuration.Size;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a service is kept from; null: no bound of its own.
 *
 * @param timeout no call has longer than this
 * @param maxConcurrent calls worked on at a time; null: {@code uplink.max-concurrent}
 * @param maxQueued calls that wait; null: {@code uplink.max-queued}
 * @param maxRequest of a payload
 * @param breaker null: no circuit breaker
 */
public record Protection(
    @Nullable Duration timeout,
    @Nullable Integer maxConcurrent,
    @Nullable Integer maxQueued,
    @Nullable Size maxRequest,
    Rates rates,
    @Nullable Breaker breaker) {

  /** Nothing beyond what is set for all services. */
  public static final Protection NONE =
      new Protection(null, null, null, null, new Rates(null, null, null), null);

  /**
   * How often a service may be called.
   *
   * @param user by all sessions of a user on this node
   * @param session by one session
   * @param service by everybody on this node
   */
  public record Rates(@Nullable Rate user, @Nullable Rate session, @Nullable Rate service) {
    /** Whether there is no bound at all. */
    public boolean none() {
      return user == null && session == null && service == null;
    }
  }

  /**
   * A circuit breaker.
   *
   * @param failures percent of the last calls, 1 to 100, that open the circuit
   * @param calls so many last calls count, and fewer decide nothing
   * @param openFor how long nothing is let through then
   */
  public record Breaker(int failures, int calls, Duration openFor) {}
}
