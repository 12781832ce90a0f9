package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.gateway.cluster.GoneNodes;
import io.trunkline.gateway.cluster.GoneNodes.Outcome;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.OperatorStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what nodes that are gone have left behind. */
final class GoneNodesResource {
  private static final Logger log = LoggerFactory.getLogger(GoneNodesResource.class);
  private static final String BY = "api";

  private final NodeStore nodes;
  private final GoneNodes gone;
  private final OperatorStore operators;
  private final InstantSource clock;

  GoneNodesResource(NodeStore nodes, GoneNodes gone, OperatorStore operators, InstantSource clock) {
    this.nodes = nodes;
    this.gone = gone;
    this.operators = operators;
    this.clock = clock;
  }

  /**
   * What was done, in an answer.
   *
   * @param messages that waited for the node in the broker and are gone
   */
  record Forgotten(String node, long messages) {}

  Answer forget(ServerRequest request) throws BrokerUnavailableException {
    var _ = new Query(request.query(), Set.of());
    String id = request.path().pathParameters().get("id");
    if (nodes.list().stream().noneMatch(row -> row.id().equals(id))) {
      throw new ApiException(ProblemType.NOT_FOUND, "there is no node '" + id + "'");
    }
    Outcome outcome;
    try {
      outcome = gone.forget(id, Duration.ZERO);
    } catch (BrokerUnavailableException e) {
      audit(id, "failed: the broker is away");
      throw e;
    }
    return switch (outcome) {
      case Outcome.NotGone _ -> {
        audit(id, "refused: it lives");
        throw new ApiException(
            ProblemType.CONFLICT,
            "node '" + id + "' lives; only one that is gone can be forgotten");
      }
      case Outcome.Forgotten done -> {
        audit(id, "done; " + done.messages() + " messages waited for it");
        yield Answer.ok(new Forgotten(id, done.messages()));
      }
    };
  }

  /** It is done by then: a record that cannot be written must not make it look undone. */
  private void audit(String node, String outcome) {
    try {
      operators.record(
          new OperatorStore.Action(
              clock.instant(), BY, BY, "forget-node", Optional.of(node), "", outcome));
    } catch (RuntimeException e) {
      log.error("not recorded: forget-node of {}, {}", node, outcome, e);
    }
  }
}
