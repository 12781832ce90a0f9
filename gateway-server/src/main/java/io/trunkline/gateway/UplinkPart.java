package io.trunkline.gateway;

import io.trunkline.gateway.extension.Extensions;
import io.trunkline.gateway.uplink.BuiltInServices;
import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.Routes;
import io.trunkline.gateway.uplink.Uplink;
import io.trunkline.gateway.uplink.UplinkService;
import io.trunkline.gateway.uplink.routes.RoutesException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of a node that answers its clients' calls, here or by back ends elsewhere. */
final class UplinkPart {
  private final NodeThreads threads;
  private final Routes routes;
  private final Uplink uplink;

  UplinkPart(Foundation base, Extensions extensions) {
    threads = base.threads();
    var config = base.config();
    var clock = base.clock();
    routes =
        new Routes(
            config.uplink(),
            services(BuiltInServices.all(clock), extensions.services()),
            threads.blocking(),
            new RemoteBackEnds(
                CallIdentity.of(config.uplink(), clock),
                base.bridge()::uplinkQueues,
                config.clients().maxFrame()));
    uplink =
        new Uplink(
            config.uplink(),
            routes,
            threads::alarm,
            config.clients().maxOutstandingRequests(),
            extensions.interceptors());
  }

  /** An extension's own takes the place of a built-in one of the same name. */
  private static List<UplinkService> services(
      List<UplinkService> builtIn, List<UplinkService> added) {
    Map<String, UplinkService> all = new LinkedHashMap<>();
    builtIn.forEach(service -> all.put(service.name(), service));
    added.forEach(service -> all.put(service.name(), service));
    return List.copyOf(all.values());
  }

  Uplink uplink() {
    return uplink;
  }

  /**
   * Reads the routes for the first time.
   *
   * @throws RoutesException if they cannot be used
   */
  void loadRoutes() throws RoutesException {
    routes.load();
  }

  void watchRoutes() {
    routes.watch(threads::alarm);
  }

  void closeRoutes() {
    routes.close();
  }
}
