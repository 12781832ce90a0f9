package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.gateway.cluster.NodeConfig;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Command;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.NodeStore.NodeRow;
import io.trunkline.persistence.OperatorStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has nodes emptied, and lets them take clients again, whichever node is asked: the order is a row
 * of the database, and a command makes the node look at it soon.
 */
final class DrainResource {
  private static final Logger log = LoggerFactory.getLogger(DrainResource.class);
  private static final String BY = "api";
  private static final Set<String> FIELDS =
      Set.of("per_second", "within", "jitter", "target", "reason");
  private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
  private static final int MAX_PER_SECOND = 1_000_000;
  private static final int MAX_REASON_CHARS = 200;
  private static final int MAX_ID_CHARS = 64;
  private static final Duration MAX_WITHIN = Duration.ofHours(24);
  private static final Duration MAX_JITTER = Duration.ofMinutes(10);
  private static final String DEFAULT_REASON = "the node is taken out of service";

  private final NodeStore nodes;
  private final OperatorStore operators;
  private final JmsBridge bridge;
  private final NodeConfig defaults;
  private final InstantSource clock;

  DrainResource(
      NodeStore nodes,
      OperatorStore operators,
      JmsBridge bridge,
      NodeConfig defaults,
      InstantSource clock) {
    this.nodes = nodes;
    this.operators = operators;
    this.bridge = bridge;
    this.defaults = defaults;
    this.clock = clock;
  }

  /**
   * What was asked, in an answer.
   *
   * @param sessions that the node had when it last told
   */
  record Asked(String node, int sessions, NodeView.@Nullable Order drain) {}

  Answer drain(ServerRequest request) {
    var _ = new Query(request.query(), Set.of());
    DrainOrder order = order(request);
    List<NodeRow> all = nodes.list();
    NodeRow node = find(all, id(request));
    List<NodeRow> others =
        all.stream()
            .filter(other -> other.state() == NodeState.UP && !other.id().equals(node.id()))
            .toList();
    if (others.isEmpty()) {
      throw new ApiException(
          ProblemType.CONFLICT,
          "no other node takes clients: those of this one had no place to go");
    }
    order
        .target()
        .filter(target -> others.stream().noneMatch(other -> other.id().equals(target)))
        .ifPresent(
            target -> {
              throw JsonFields.field("target", "must be another node that takes clients");
            });
    if (!nodes.drain(node.id(), order)) {
      throw notLiving(node.id());
    }
    done(
        "drain",
        node.id(),
        "%s; %d a second within %s, jitter %s%s"
            .formatted(
                order.reason(),
                order.perSecond(),
                order.within(),
                order.jitter(),
                order.target().map(target -> ", to " + target).orElse("")));
    return Answer.accepted(new Asked(node.id(), node.sessions(), NodeView.Order.of(order)));
  }

  Answer undrain(ServerRequest request) {
    var _ = new Query(request.query(), Set.of());
    NodeRow node = find(nodes.list(), id(request));
    if (!nodes.undrain(node.id())) {
      throw notLiving(node.id());
    }
    done("undrain", node.id(), "it takes clients again");
    return Answer.accepted(new Asked(node.id(), node.sessions(), null));
  }

  private static String id(ServerRequest request) {
    String id = request.path().pathParameters().get("id");
    if (id.length() > MAX_ID_CHARS) {
      throw new ApiException(ProblemType.NOT_FOUND, "no node has such a name");
    }
    return id;
  }

  private static NodeRow find(List<NodeRow> all, String id) {
    NodeRow node =
        all.stream()
            .filter(row -> row.id().equals(id))
            .findFirst()
            .orElseThrow(() -> new ApiException(ProblemType.NOT_FOUND, "no node '" + id + "'"));
    if (!node.live()) {
      throw notLiving(id);
    }
    return node;
  }

  private static ApiException notLiving(String id) {
    return new ApiException(ProblemType.CONFLICT, "node '" + id + "' does not run");
  }

  private DrainOrder order(ServerRequest request) {
    boolean given = request.content().hasEntity();
    byte[] body = given ? RequestBody.json(request) : NOTHING;
    JsonFields fields = JsonFields.read(body, FIELDS);
    return new DrainOrder(
        BY,
        fields.name("reason", MAX_REASON_CHARS).orElse(DEFAULT_REASON),
        fields.number("per_second", 1, MAX_PER_SECOND, defaults.drainPerSecond()),
        duration(fields, "within", MAX_WITHIN).orElse(defaults.drainWithin()),
        duration(fields, "jitter", MAX_JITTER).orElse(defaults.drainJitter()),
        fields.name("target", MAX_ID_CHARS));
  }

  private static Optional<Duration> duration(JsonFields fields, String name, Duration max) {
    return fields
        .text(name)
        .map(text -> Query.duration(text, max, why -> JsonFields.field(name, why)));
  }

  /** The order stands: what fails now must not make it look undone. */
  private void done(String action, String node, String detail) {
    try {
      bridge.command(new Command.NodeChanged(node));
    } catch (BrokerUnavailableException e) {
      log.warn("{} of {} is noticed with its next sign of life: {}", action, node, e.toString());
    }
    try {
      operators.record(
          new OperatorStore.Action(
              clock.instant(), BY, BY, action, Optional.of(node), detail, "asked"));
    } catch (RuntimeException e) {
      log.error("not recorded: {} of {}, {}", action, node, detail, e);
    }
  }
}
