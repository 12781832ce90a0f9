package io.trunkline.gateway;

import io.trunkline.gateway.cluster.ClusterNodes;
import io.trunkline.gateway.cluster.LeaseGuard;
import io.trunkline.gateway.cluster.NodeChoice;
import io.trunkline.gateway.cluster.NodeGate;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.streams.Streams;

/**
 * What a node sees of the cluster: the others, and whether it may act among them. {@link
 * Membership} keeps it true; all others only ask.
 *
 * @param nodes as they were at the last renewal of the lease
 * @param choice of another node for a client
 * @param gate where clients are sent elsewhere
 * @param guard of the node's own lease
 */
record ClusterView(ClusterNodes nodes, NodeChoice choice, NodeGate gate, LeaseGuard guard) {

  static ClusterView of(GatewayConfig config, SessionRegistry registry) {
    var nodes = new ClusterNodes(config.node().id());
    var choice = new NodeChoice(nodes);
    return new ClusterView(
        nodes,
        choice,
        new NodeGate(config.clients(), nodes, choice, registry),
        new LeaseGuard(System::nanoTime, System::currentTimeMillis, config.node().lease()));
  }

  /** Without its lease a node takes clients only if there is no other. */
  boolean takesClients() {
    return guard.held() || (nodes.alone() && guard.awake());
  }

  Streams.Standing standing() {
    return new Streams.Standing(guard::held, guard::awake);
  }
}
