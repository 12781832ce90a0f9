package io.trunkline.gateway.uplink;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.trunkline.gateway.uplink.routes.Protection.Breaker;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.RunningCall;
import io.trunkline.protocol.v1.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit to a service's back end. Closed, it lets all calls through and looks at the last
 * ones; open, none; after its time a few, which decide. Thread-safe, does not block.
 */
final class Circuit {
  private static final Logger log = LoggerFactory.getLogger(Circuit.class);

  /** Of the calls that decide when closed, so many are let through half open; at least one. */
  private static final int PROBES_OF_CALLS = 4;

  /** Where the circuit is. */
  enum State {
    CLOSED,
    HALF_OPEN,
    OPEN
  }

  /** Stands for every failure: the breaker wants an exception, and looks at none. */
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    Failure() {
      super("the back end failed", null, false, false);
    }
  }

  private final String service;
  private final Breaker settings;
  private final LongSupplier nanoTime;
  private final CircuitBreaker breaker;
  private volatile long openedNs;

  /**
   * A closed circuit.
   *
   * @param nanoTime {@link System#nanoTime}: the clock of the wall may jump
   */
  Circuit(String service, Breaker settings, LongSupplier nanoTime) {
    this.service = service;
    this.settings = settings;
    this.nanoTime = nanoTime;
    breaker =
        CircuitBreaker.of(
            service,
            CircuitBreakerConfig.custom()
                .failureRateThreshold(settings.failures())
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(settings.calls())
                .minimumNumberOfCalls(settings.calls())
                .permittedNumberOfCallsInHalfOpenState(
                    Math.max(1, settings.calls() / PROBES_OF_CALLS))
                .waitDurationInOpenState(settings.openFor())
                .clock(new NanoClock(nanoTime))
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(event -> changed(event.getStateTransition().getToState()));
  }

  Breaker settings() {
    return settings;
  }

  State state() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> State.OPEN;
      case HALF_OPEN -> State.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
    };
  }

  /**
   * Lets a call through. Whoever got a permit must end it with one of {@link #succeeded}, {@link
   * #failed} and {@link #release}.
   *
   * @return null: the circuit is open
   */
  @Nullable Object enter() {
    // A state has counts of its own, so they tell a call of now from one of an earlier state.
    return breaker.tryAcquirePermission() ? breaker.getMetrics() : null;
  }

  void succeeded(Object permit) {
    if (isOfNow(permit)) {
      breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }
  }

  void failed(Object permit) {
    if (isOfNow(permit)) {
      breaker.onError(0, TimeUnit.NANOSECONDS, new Failure());
    }
  }

  /** The call says nothing about the back end. */
  void release(Object permit) {
    if (isOfNow(permit)) {
      breaker.releasePermission();
    }
  }

  /** What was let through before the circuit opened must not decide about what came after. */
  @SuppressWarnings("ReferenceEquality") // it is this state's own object, or another's
  private boolean isOfNow(Object permit) {
    return permit == breaker.getMetrics();
  }

  /** How long it stays open yet; zero when it is not open. */
  Duration openFor() {
    if (state() != State.OPEN) {
      return Duration.ZERO;
    }
    Duration left = settings.openFor().minusNanos(nanoTime.getAsLong() - openedNs);
    return left.isPositive() ? left : Duration.ZERO;
  }

  /** For a call that was not let through. */
  CallResult refusal() {
    Duration left = openFor();
    boolean open = left.isPositive();
    return CallResult.failed(
        Status.UNAVAILABLE,
        open
            ? "'" + service + "' fails too often and is left alone for a while"
            : "'" + service + "' failed too often and is being tried again",
        open ? left.plusMillis(1) : RunningCall.BUSY_RETRY);
  }

  private void changed(CircuitBreaker.State to) {
    switch (to) {
      case OPEN -> {
        openedNs = nanoTime.getAsLong();
        log.warn(
            "circuit of '{}' is open: {}% or more of the last calls failed; none goes there for {}",
            service, settings.failures(), settings.openFor());
      }
      case HALF_OPEN -> log.info("circuit of '{}' is half open: a few calls are tried", service);
      default -> log.info("circuit of '{}' is closed: calls go through", service);
    }
  }

  /** Time that only goes on, from an arbitrary start. */
  private static final class NanoClock extends Clock {
    private final LongSupplier nanoTime;
    private final long startNs;

    NanoClock(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      startNs = nanoTime.getAsLong();
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - startNs);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
