package io.trunkline.gateway.uplink;

import io.trunkline.gateway.uplink.routes.RouteProblem;
import io.trunkline.gateway.uplink.routes.RouteProblem.Code;
import io.trunkline.gateway.uplink.routes.RouteSpec;
import io.trunkline.gateway.uplink.routes.RoutesException;
import io.trunkline.gateway.uplink.routes.RoutesFile;
import io.trunkline.invocation.Alarm;
import io.trunkline.protocol.v1.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of services: those in this process, and what the routes file says. It is replaced as a
 * whole, when all of the file is right. Thread-safe.
 */
public final class Routes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Routes.class);

  private final UplinkConfig config;
  private final Executor threads;
  private final RouteTable table;
  private final @Nullable Path file;
  private final ServiceCounts unknown = new ServiceCounts();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong reloads = new AtomicLong();
  private final AtomicLong failedReloads = new AtomicLong();
  private final ReentrantLock reloading = new ReentrantLock();
  private FileStamp seen = FileStamp.NONE; // guarded by reloading
  private boolean closed; // guarded by reloading
  private volatile NameTable<Route> routes;
  private volatile RoutesStatus status;

  /**
   * The services in this process; the file is read by {@link #load}.
   *
   * @param threads runs blocking services, a virtual thread a task
   */
  public Routes(
      UplinkConfig config, List<UplinkService> services, Executor threads, BackEnds backEnds) {
    this.config = config;
    this.threads = threads;
    this.table = new RouteTable(config, services, threads, backEnds);
    this.file = config.routes().map(Path::toAbsolutePath).orElse(null);
    routes = new NameTable<>(table.next(Map.of(), List.of(), new ArrayList<>()));
    status = new RoutesStatus(file == null ? null : file.toString(), null, null, true, List.of());
  }

  /** A table that leads nowhere out of this process. */
  static Routes inProcess(UplinkConfig config, List<UplinkService> services, Executor threads) {
    return new Routes(config, services, threads, BackEnds.NONE);
  }

  /**
   * Reads the file for the first time. One that is not there yet is none; it may come later.
   *
   * @throws RoutesException if it cannot be used: a node without its routes would turn away what it
   *     should serve
   */
  public void load() throws RoutesException {
    if (file == null) {
      return;
    }
    reload();
    RoutesStatus first = status;
    if (!first.ok()) {
      throw new RoutesException(file.toString(), first.problems());
    }
  }

  /** Looks every {@code uplink.routes-check} whether the file has changed, until the end. */
  public void watch(Alarm alarm) {
    if (file != null) {
      look(alarm, config.routesCheck(), FileStamp.NONE);
    }
  }

  private void look(Alarm alarm, Duration in, FileStamp before) {
    alarm.set(in.toNanos(), () -> threads.execute(() -> lookNow(alarm, before)));
  }

  /** Two looks must find the same: what is still being written is not read. */
  private void lookNow(Alarm alarm, FileStamp before) {
    Duration next = config.routesCheck();
    FileStamp now = before;
    reloading.lock();
    try {
      if (closed) {
        return;
      }
      now = FileStamp.of(Objects.requireNonNull(file));
      if (now.equals(seen)) {
        // nothing to do
      } else if (now.equals(before)) {
        reload();
      } else {
        next = next.compareTo(FileStamp.SETTLING) < 0 ? next : FileStamp.SETTLING;
      }
    } catch (RuntimeException e) {
      log.error("routes file {} could not be looked at", file, e);
    } finally {
      reloading.unlock();
    }
    look(alarm, next, now);
  }

  /**
   * Reads the file and takes it over, if all of it is right. May take as long as opening back ends
   * does; not on event loops.
   */
  public RoutesStatus reload() {
    if (file == null) {
      return status;
    }
    reloading.lock();
    try {
      if (!closed) {
        status = reload(file);
        listeners.forEach(Runnable::run);
      }
      return status;
    } finally {
      reloading.unlock();
    }
  }

  private RoutesStatus reload(Path path) {
    Instant now = Instant.now();
    seen = FileStamp.of(path); // before it is read: what changes meanwhile is read again
    try {
      replace(specs(path));
      reloads.incrementAndGet();
      return new RoutesStatus(path.toString(), seen.exists() ? now : null, now, true, List.of());
    } catch (RoutesException e) {
      failedReloads.incrementAndGet();
      log.error("the routes stay as they are: {}", e.getMessage());
      return new RoutesStatus(path.toString(), status.loadedAt(), now, false, e.problems());
    }
  }

  private List<RouteSpec> specs(Path path) throws RoutesException {
    if (!seen.exists()) {
      if (status.loadedAt() == null) {
        log.warn("routes file {} is not there (yet): only services in the process", path);
        return List.of();
      }
      throw new RoutesException(
          path.toString(),
          List.of(
              new RouteProblem(
                  Code.UNREADABLE, 0, "", "it is gone; an empty file would mean no routes")));
    }
    return new RoutesFile(table.inProcess(), System.getenv()).read(path);
  }

  private void replace(List<RouteSpec> specs) throws RoutesException {
    Map<String, Route> before = routes.map();
    List<RouteProblem> problems = new ArrayList<>();
    Map<String, Route> next = table.next(before, specs, problems);
    if (!problems.isEmpty()) {
      throw new RoutesException(String.valueOf(file), problems);
    }
    routes = new NameTable<>(next);
    table.replaced(before, next);
    log.info("routes, {} of them from {}: {}", specs.size(), file, told(before, next));
  }

  private static String told(Map<String, Route> before, Map<String, Route> now) {
    Set<String> gone = new HashSet<>(before.keySet());
    gone.removeAll(now.keySet());
    List<String> there =
        now.values().stream()
            .map(route -> route.name() + " (" + route.backEnd().spec().kind() + ")")
            .sorted()
            .toList();
    return String.join(", ", there) + (gone.isEmpty() ? "" : "; gone: " + gone);
  }

  /** The route of a service, with its back end held for a call; null: there is no such service. */
  @Nullable Route enter(String service) {
    while (true) {
      Route route = routes.get(service);
      if (route == null || route.backEnd().enter()) {
        return route;
      }
      // Closed between the two: by then there is a newer table.
    }
  }

  boolean offers(String service) {
    return routes.get(service) != null;
  }

  /** Calls of services that there are not. */
  ServiceCounts unknown() {
    return unknown;
  }

  /** Told after each reload, on the thread of the reload. */
  public void onReload(Runnable listener) {
    listeners.add(listener);
  }

  /** The file, and whether the table is what it says. */
  public RoutesStatus status() {
    return status;
  }

  /** All services, by name. */
  public List<ServiceState> services() {
    return routes.map().values().stream()
        .map(route -> ServiceState.of(route, config))
        .sorted(Comparator.comparing(ServiceState::name))
        .toList();
  }

  /** A service; null: there is none of this name (any more). */
  public @Nullable ServiceState service(String name) {
    Route route = routes.get(name);
    return route == null ? null : ServiceState.of(route, config);
  }

  /** Calls of a service that ended so; 0 if there is none of this name (any more). */
  public long outcomes(String name, Status status) {
    Route route = routes.get(name);
    return route == null ? 0 : route.counts().count(status);
  }

  /** Calls of names that are no service: there may be any number of such names. */
  public ServiceState.Counts unknownServices() {
    return ServiceState.Counts.of(unknown);
  }

  /** Times that the file was taken over. */
  public long reloads() {
    return reloads.get();
  }

  /** Times that the file could not be used. */
  public long failedReloads() {
    return failedReloads.get();
  }

  long ended() {
    return sum(ServiceCounts::ended);
  }

  long failed() {
    return sum(ServiceCounts::failed);
  }

  private long sum(ToLongFunction<ServiceCounts> count) {
    return table.counts().values().stream().mapToLong(count).sum() + count.applyAsLong(unknown);
  }

  /** Closes all back ends; calls that still need one fail. */
  @Override
  public void close() {
    reloading.lock();
    try {
      closed = true;
      Map<String, Route> last = routes.map();
      routes = new NameTable<>(Map.of());
      last.values().forEach(route -> route.backEnd().closeNow());
    } finally {
      reloading.unlock();
    }
  }
}
