package io.trunkline.gateway.cluster;

import io.trunkline.gateway.session.Placement;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.transport.ClientsConfig;
import io.trunkline.persistence.NodeStore.NodeRow;
import io.trunkline.protocol.v1.CloseCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends clients to other nodes: all of them while this node is drained, else those for whom another
 * node is the better one, if that is configured. Thread-safe; does not block.
 */
public final class NodeGate implements Placement {
  /** So many sessions more than the least loaded node are no reason to send anybody away. */
  static final int SLACK = 16;

  /** Told to clients that nobody takes: 1 to 5 s, so that they spread. */
  private static final int RETRY_MIN_MS = 1_000;

  private static final int RETRY_MAX_MS = 5_000;

  private final ClientsConfig config;
  private final ClusterNodes cluster;
  private final NodeChoice choice;
  private final SessionRegistry registry;
  private volatile boolean closed;

  public NodeGate(
      ClientsConfig config, ClusterNodes cluster, NodeChoice choice, SessionRegistry registry) {
    this.config = config;
    this.cluster = cluster;
    this.choice = choice;
    this.registry = registry;
  }

  /** Nobody is taken any more, or everybody again. */
  void closed(boolean now) {
    closed = now;
  }

  /** Where a client of this node goes when it leaves; empty: no other node takes it. */
  Optional<NodeRow> targetFor(String user) {
    return config.redirect() == ClientsConfig.Redirect.USER
        ? choice.firstOtherOf(user)
        : choice.leastLoadedOther();
  }

  @Override
  public Optional<Elsewhere> elsewhere(Arrival arrival) {
    if (closed) {
      return Optional.of(drained(arrival));
    }
    if (!arrival.follows() || arrival.redirected() || isHere(arrival)) {
      return Optional.empty();
    }
    Optional<NodeRow> better =
        switch (config.redirect()) {
          case OFF -> Optional.empty();
          case LOAD -> arrival.resumes().isPresent() ? Optional.empty() : muchLessLoaded();
          case USER -> home(arrival.user());
        };
    return better.map(
        node ->
            new Elsewhere(
                CloseCode.REDIRECTED,
                "node " + node.id() + " takes this client",
                node.clientAddress(),
                0));
  }

  private Elsewhere drained(Arrival arrival) {
    String told = "the node is being drained";
    return targetFor(arrival.user())
        .map(node -> new Elsewhere(CloseCode.DRAINING, told, node.clientAddress(), 0))
        .orElseGet(
            () ->
                new Elsewhere(
                    CloseCode.DRAINING,
                    told,
                    "",
                    ThreadLocalRandom.current().nextInt(RETRY_MIN_MS, RETRY_MAX_MS)));
  }

  private boolean isHere(Arrival arrival) {
    return arrival.resumes().flatMap(registry::find).isPresent();
  }

  private Optional<NodeRow> muchLessLoaded() {
    long own = registry.size();
    return choice.leastLoadedOther(
        (node, sessions) -> own * 100 > sessions * (100L + config.redirectExcess()) + SLACK * 100L);
  }

  private Optional<NodeRow> home(String user) {
    List<NodeRow> first = choice.byUser(user, 1);
    return first.isEmpty() || first.getFirst().id().equals(cluster.self())
        ? Optional.empty()
        : Optional.of(first.getFirst());
  }
}
