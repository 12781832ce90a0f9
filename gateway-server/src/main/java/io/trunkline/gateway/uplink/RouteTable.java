package io.trunkline.gateway.uplink;

import io.trunkline.gateway.uplink.routes.BackEndSpec;
import io.trunkline.gateway.uplink.routes.Protection;
import io.trunkline.gateway.uplink.routes.RouteProblem;
import io.trunkline.gateway.uplink.routes.RouteProblem.Code;
import io.trunkline.gateway.uplink.routes.RouteSpec;
import io.trunkline.invocation.BoundedExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Makes one table of routes out of another: what stays as it is keeps its back end, its rates and
 * its circuit. Not thread-safe.
 */
final class RouteTable {
  private final UplinkConfig config;
  private final Executor threads;
  private final BackEnds backEnds;
  private final Map<String, BackEnd> inProcess = new LinkedHashMap<>();
  private final Map<String, ServiceCounts> counts = new ConcurrentHashMap<>();

  RouteTable(
      UplinkConfig config, List<UplinkService> services, Executor threads, BackEnds backEnds) {
    this.config = config;
    this.threads = threads;
    this.backEnds = backEnds;
    for (UplinkService service : services) {
      if (inProcess.put(service.name(), BackEnd.inProcess(service, threads, config)) != null) {
        throw new IllegalArgumentException("two services are named " + service.name());
      }
    }
  }

  /** Services in this process; false: they answer on event loops. */
  Map<String, Boolean> inProcess() {
    Map<String, Boolean> blocking = new HashMap<>();
    inProcess.forEach((name, backEnd) -> blocking.put(name, backEnd.service().blocking()));
    return blocking;
  }

  /** Of all services that there ever were: they come from the operator's files only. */
  Map<String, ServiceCounts> counts() {
    return counts;
  }

  /**
   * The next table. Nothing of the present one is touched; back ends that are new are open.
   *
   * @param problems gets what could not be opened; then the result is of no use and holds nothing
   */
  Map<String, Route> next(
      Map<String, Route> present, List<RouteSpec> specs, List<RouteProblem> problems) {
    Map<String, Route> next = new HashMap<>();
    List<BackEnd> opened = new ArrayList<>();
    for (RouteSpec spec : specs) {
      Route old = present.get(spec.service());
      BackEnd backEnd = kept(old, spec);
      if (backEnd == null) {
        backEnd = open(spec, problems);
        if (backEnd == null) {
          continue;
        }
        opened.add(backEnd);
      }
      next.put(spec.service(), route(old, backEnd, spec.protection()));
    }
    if (!problems.isEmpty()) {
      opened.forEach(BackEnd::retire);
      return Map.of();
    }
    inProcess.forEach(
        (name, backEnd) ->
            next.computeIfAbsent(name, _ -> route(present.get(name), backEnd, Protection.NONE)));
    return next;
  }

  private @Nullable BackEnd kept(@Nullable Route old, RouteSpec spec) {
    if (spec.backEnd() instanceof BackEndSpec.InProcess) {
      return inProcess.get(spec.service());
    }
    return old != null && old.backEnd().spec().equals(spec.backEnd()) ? old.backEnd() : null;
  }

  private @Nullable BackEnd open(RouteSpec spec, List<RouteProblem> problems) {
    try {
      var opened = backEnds.open(spec.service(), spec.backEnd());
      var service =
          new UplinkService(spec.service(), true, Map.of(), Optional.of(opened.handler()));
      return BackEnd.remote(spec.backEnd(), service, opened.closing(), threads, config);
    } catch (RuntimeException e) {
      problems.add(
          new RouteProblem(
              Code.BACK_END_FAILED,
              spec.line(),
              spec.service() + ".backend",
              String.valueOf(e instanceof IllegalArgumentException ? e.getMessage() : e)));
      return null;
    }
  }

  private Route route(@Nullable Route old, BackEnd backEnd, Protection protection) {
    String name = backEnd.service().name();
    Guard guard =
        Guard.of(name, protection, rates(old, name, protection), circuit(old, backEnd, protection));
    return new Route(
        backEnd, protection, guard, counts.computeIfAbsent(name, _ -> new ServiceCounts()));
  }

  private static @Nullable RateLimits rates(
      @Nullable Route old, String name, Protection protection) {
    if (protection.rates().none()) {
      return null;
    }
    Guard guard = old == null ? null : old.guard();
    RateLimits before = guard == null ? null : guard.rates();
    return before != null && before.rates().equals(protection.rates())
        ? before
        : new RateLimits(name, protection.rates());
  }

  private static @Nullable Circuit circuit(
      @Nullable Route old, BackEnd backEnd, Protection protection) {
    Protection.Breaker breaker = protection.breaker();
    if (breaker == null) {
      return null;
    }
    Guard guard = old == null || old.backEnd() != backEnd ? null : old.guard();
    Circuit before = guard == null ? null : guard.circuit();
    return before != null && before.settings().equals(breaker)
        ? before
        : new Circuit(backEnd.service().name(), breaker, System::nanoTime);
  }

  /** Makes the table count: bounds are set, and what it no longer has is closed in time. */
  void replaced(Map<String, Route> before, Map<String, Route> now) {
    for (Route route : now.values()) {
      BoundedExecutor executor = route.executor();
      if (executor != null) {
        executor.bounds(route.maxConcurrent(config), route.maxQueued(config));
      }
    }
    before.forEach(
        (name, old) -> {
          Route route = now.get(name);
          if (route == null || route.backEnd() != old.backEnd()) {
            old.backEnd().retire();
          }
        });
  }
}
