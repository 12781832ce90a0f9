package io.trunkline.gateway.api;

import io.helidon.metrics.api.FunctionalCounter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.Tag;
import io.trunkline.gateway.uplink.Routes;
import io.trunkline.gateway.uplink.ServiceState;
import io.trunkline.protocol.v1.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Numbers by service, for the services in the table and no others: whatever names clients invent
 * are one label together. They come and go with the table.
 */
final class ServiceMetrics implements AutoCloseable {
  /** No service can have this name. */
  private static final String UNKNOWN = "(unknown)";

  private static final List<String> CIRCUIT_STATES = List.of("closed", "half_open", "open");

  private final MeterRegistry registry;
  private final List<Tag> tags;
  private final Routes routes;
  private final List<Meter> ofTheTable = new ArrayList<>();
  private final Map<String, List<Meter>> byService = new HashMap<>(); // guarded by this
  private final Map<String, List<Object>> read = new HashMap<>(); // guarded by this
  private boolean closed; // guarded by this

  private ServiceMetrics(MeterRegistry registry, List<Tag> tags, Routes routes) {
    this.registry = registry;
    this.tags = tags;
    this.routes = routes;
  }

  static ServiceMetrics register(MeterRegistry registry, List<Tag> tags, Routes routes) {
    var metrics = new ServiceMetrics(registry, tags, routes);
    metrics.addTable();
    metrics.follow();
    routes.onReload(metrics::follow);
    return metrics;
  }

  private void addTable() {
    List<Object> kept = read.computeIfAbsent("", _ -> new ArrayList<>());
    ofTheTable.add(
        gauge(
            kept,
            "trunkline_uplink_routes_ok",
            "0 while the routes file has errors and an older table is in use",
            tags,
            () -> routes.status().ok() ? 1 : 0));
    ofTheTable.add(
        counter(
            kept,
            "trunkline_uplink_routes_reloads",
            "Times that the routes file was taken over",
            tags,
            routes::reloads));
    ofTheTable.add(
        counter(
            kept,
            "trunkline_uplink_routes_reload_failures",
            "Times that the routes file had errors",
            tags,
            routes::failedReloads));
    ofTheTable.add(
        counter(
            kept,
            "trunkline_uplink_outcomes",
            "Calls of a service by their outcome",
            with(UNKNOWN, Tag.create("status", Status.NOT_FOUND.name())),
            () -> routes.unknownServices().calls()));
  }

  private synchronized void follow() {
    if (closed) {
      return;
    }
    Set<String> now = new HashSet<>();
    routes.services().forEach(service -> now.add(service.name()));
    for (String gone : List.copyOf(byService.keySet())) {
      if (!now.contains(gone)) {
        List<Meter> meters = byService.remove(gone);
        if (meters != null) {
          meters.forEach(registry::remove);
        }
        read.remove(gone);
      }
    }
    now.forEach(name -> byService.computeIfAbsent(name, this::meters));
  }

  private List<Meter> meters(String service) {
    List<Object> kept = read.computeIfAbsent(service, _ -> new ArrayList<>());
    List<Meter> meters = new ArrayList<>();
    for (Status status : Status.values()) {
      if (status != Status.UNRECOGNIZED) {
        meters.add(
            counter(
                kept,
                "trunkline_uplink_outcomes",
                "Calls of a service by their outcome",
                with(service, Tag.create("status", status.name())),
                () -> routes.outcomes(service, status)));
      }
    }
    meters.add(
        gauge(
            kept,
            "trunkline_uplink_in_flight",
            "Calls of a service without an outcome yet",
            with(service),
            of(service, state -> (int) state.counts().inFlight())));
    meters.add(
        gauge(
            kept,
            "trunkline_uplink_queued",
            "Calls that wait for a service",
            with(service),
            of(service, state -> state.bounds() == null ? 0 : state.bounds().queued())));
    meters.add(
        gauge(
            kept,
            "trunkline_uplink_circuit",
            "The circuit to a service: 0 closed or none, 1 half open, 2 open",
            with(service),
            of(
                service,
                state ->
                    state.circuit() == null
                        ? 0
                        : CIRCUIT_STATES.indexOf(state.circuit().state()))));
    return meters;
  }

  private Supplier<Integer> of(String service, ToIntFunction<ServiceState> number) {
    return () -> {
      ServiceState state = routes.service(service);
      return state == null ? 0 : number.applyAsInt(state);
    };
  }

  private List<Tag> with(String service, Tag... others) {
    List<Tag> all = new ArrayList<>(tags);
    all.add(Tag.create("service", service));
    all.addAll(List.of(others));
    return all;
  }

  private Meter gauge(
      List<Object> kept, String name, String help, List<Tag> all, Supplier<Integer> value) {
    kept.add(value);
    return registry.getOrCreate(Gauge.builder(name, value).description(help).tags(all));
  }

  private Meter counter(
      List<Object> kept, String name, String help, List<Tag> all, LongSupplier value) {
    kept.add(value);
    return registry.getOrCreate(
        FunctionalCounter.builder(name, value, LongSupplier::getAsLong)
            .description(help)
            .tags(all));
  }

  @Override
  public synchronized void close() {
    closed = true;
    ofTheTable.forEach(registry::remove);
    byService.values().forEach(meters -> meters.forEach(registry::remove));
    byService.clear();
  }
}
