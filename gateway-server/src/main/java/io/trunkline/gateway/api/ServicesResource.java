package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.gateway.uplink.Routes;
import io.trunkline.gateway.uplink.RoutesStatus;
import io.trunkline.gateway.uplink.ServiceState;
import io.trunkline.gateway.uplink.routes.RouteProblem;
import io.trunkline.persistence.OperatorStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The services that clients call through this node. */
final class ServicesResource {
  private static final String BY = "api";
  private static final int MAX_RECORDED_PROBLEMS = 5;

  private final String node;
  private final Routes routes;
  private final OperatorRecords records;
  private final InstantSource clock;

  ServicesResource(String node, Routes routes, OperatorRecords records, InstantSource clock) {
    this.node = node;
    this.routes = routes;
    this.records = records;
    this.clock = clock;
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
    record(status);
    if (!status.ok()) {
      throw new ApiException(ProblemType.INVALID_ROUTES, told(status, Integer.MAX_VALUE));
    }
    return Answer.ok(shown());
  }

  /** A file that was refused, too: somebody asked for it. */
  private void record(RoutesStatus status) {
    String file = status.file();
    records.record(
        new OperatorStore.Action(
            clock.instant(),
            BY,
            BY,
            "reload routes",
            Optional.of(node),
            file == null ? "no routes file" : file,
            status.ok() ? "done" : "refused: " + told(status, MAX_RECORDED_PROBLEMS)));
  }

  private static String told(RoutesStatus status, int max) {
    return status.problems().stream()
        .limit(max)
        .map(RouteProblem::toString)
        .collect(Collectors.joining("; "));
  }

  private Services shown() {
    return new Services(node, routes.status(), routes.services(), routes.unknownServices());
  }
}
