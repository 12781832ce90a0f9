package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.gateway.uplink.Routes;
import io.trunkline.gateway.uplink.RoutesStatus;
import io.trunkline.gateway.uplink.ServiceState;
import io.trunkline.gateway.uplink.routes.RouteProblem;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The services that clients call through this node. */
final class ServicesResource {
  private final String node;
  private final Routes routes;

  ServicesResource(String node, Routes routes) {
    this.node = node;
    this.routes = routes;
  }

  /**
   * All services of the node in an answer.
   *
   * @param unknown calls of names that are no service
   */
  record Services(
      String node, RoutesStatus routes, List<ServiceState> services, ServiceState.Counts unknown) {}

  Answer list(ServerRequest request) {
    var _ = new Query(request.query(), Set.of());
    return Answer.ok(shown());
  }

  /** Of the node that is asked: each reads a file of its own. */
  Answer reload(ServerRequest request) {
    var _ = new Query(request.query(), Set.of());
    RoutesStatus status = routes.reload();
    if (!status.ok()) {
      throw new ApiException(
          ProblemType.INVALID_ROUTES,
          status.problems().stream().map(RouteProblem::toString).collect(Collectors.joining("; ")));
    }
    return Answer.ok(shown());
  }

  private Services shown() {
    return new Services(node, routes.status(), routes.services(), routes.unknownServices());
  }
}
