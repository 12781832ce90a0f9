package io.trunkline.gateway.uplink;

import io.trunkline.gateway.uplink.routes.BackEndSpec;
import io.trunkline.gateway.uplink.routes.Protection;
import io.trunkline.gateway.uplink.routes.Rate;
import io.trunkline.invocation.BoundedExecutor;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service as the API shows it. The numbers are of one moment, or nearly.
 *
 * @param backEnd java, http or jms
 * @param target URL or queue; null for java
 * @param bounds null: it answers on event loops, where nothing waits
 * @param timeout null: the calls' own deadlines alone
 * @param maxRequestBytes null: as large as a frame
 * @param circuit null: no circuit breaker
 */
public record ServiceState(
    String name,
    String backEnd,
    @Nullable String target,
    @Nullable Bounds bounds,
    @Nullable Duration timeout,
    @Nullable Long maxRequestBytes,
    Rates rates,
    @Nullable CircuitState circuit,
    Counts counts) {

  /** What a blocking service may work on and let wait, and what it does. */
  public record Bounds(int maxConcurrent, int maxQueued, int running, int queued) {}

  /** As in the routes file; null: no bound. */
  public record Rates(@Nullable String user, @Nullable String session, @Nullable String service) {}

  /**
   * The circuit to the back end.
   *
   * @param state closed, half_open or open
   * @param failures percent of the last {@code calls} that open it
   * @param openFor each time
   * @param halfOpenIn how long it stays open yet; zero when it is not open
   */
  public record CircuitState(
      String state, int failures, int calls, Duration openFor, Duration halfOpenIn) {}

  /**
   * Calls since the node started: those with an outcome, by status, and those in flight.
   *
   * @param calls the sum of both
   */
  public record Counts(long calls, long inFlight, Map<Status, Long> outcomes) {
    static Counts of(ServiceCounts counts) {
      long inFlight = Math.max(counts.inFlight(), 0);
      Map<Status, Long> outcomes = counts.byStatus();
      long ended = outcomes.values().stream().mapToLong(Long::longValue).sum();
      return new Counts(ended + inFlight, inFlight, outcomes);
    }
  }

  static ServiceState of(Route route, UplinkConfig config) {
    Protection protection = route.protection();
    var max = protection.maxRequest();
    var rates = protection.rates();
    BackEndSpec spec = route.backEnd().spec();
    return new ServiceState(
        route.name(),
        spec.kind(),
        switch (spec) {
          case BackEndSpec.Http http -> http.url().toString();
          case BackEndSpec.Jms jms -> jms.queue();
          case BackEndSpec.InProcess _ -> null;
        },
        bounds(route, config),
        protection.timeout(),
        max == null ? null : max.bytes(),
        new Rates(shown(rates.user()), shown(rates.session()), shown(rates.service())),
        route.guard() == null || route.guard().circuit() == null
            ? null
            : circuit(route.guard().circuit()),
        Counts.of(route.counts()));
  }

  private static @Nullable Bounds bounds(Route route, UplinkConfig config) {
    BoundedExecutor executor = route.executor();
    return executor == null
        ? null
        : new Bounds(
            route.maxConcurrent(config),
            route.maxQueued(config),
            executor.running(),
            executor.queued());
  }

  private static CircuitState circuit(Circuit circuit) {
    var settings = circuit.settings();
    return new CircuitState(
        circuit.state().name().toLowerCase(Locale.ROOT),
        settings.failures(),
        settings.calls(),
        settings.openFor(),
        circuit.openFor());
  }

  private static @Nullable String shown(@Nullable Rate rate) {
    return rate == null ? null : rate.toString();
  }
}
