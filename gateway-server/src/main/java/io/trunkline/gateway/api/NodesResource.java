package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.persistence.NodeStore;
import java.util.List;
import java.util.Set;

/** The nodes of the cluster. */
final class NodesResource {
  private static final int MAX_NODES = 1_000;

  private final NodeStore nodes;

  NodesResource(NodeStore nodes) {
    this.nodes = nodes;
  }

  /** All nodes in an answer. */
  record Nodes(List<NodeView> nodes) {}

  Answer list(ServerRequest request) {
    var _ = new Query(request.query(), Set.of());
    return Answer.ok(new Nodes(nodes.list().stream().limit(MAX_NODES).map(NodeView::of).toList()));
  }
}
