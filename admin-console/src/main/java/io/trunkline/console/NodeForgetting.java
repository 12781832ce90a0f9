package io.trunkline.console;

import io.trunkline.console.NodeApi.Forgetting;
import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has nodes forgotten that do not come back; each attempt is recorded. A living node does it: it
 * knows for how long sessions may be resumed. Thread-safe; blocks.
 */
final class NodeForgetting {
  private static final Logger log = LoggerFactory.getLogger(NodeForgetting.class);

  /** As the API records it, too. */
  private static final String ACTION = "forget-node";

  private final NodeStore nodes;
  private final NodeApi api;
  private final ActionLog actions;

  NodeForgetting(NodeStore nodes, NodeApi api, ActionLog actions) {
    this.nodes = nodes;
    this.api = api;
    this.actions = actions;
  }

  Forgetting forget(Operator by, String node) {
    Forgetting result = forget(node);
    actions.record(by, ACTION, node, "", recorded(result));
    return result;
  }

  private Forgetting forget(String node) {
    if (!api.hasToken()) {
      return new Forgetting.Failed(
          "the console has no token for the nodes' API (setting console.api-token)");
    }
    List<NodeRow> living;
    try {
      living = nodes.list().stream().filter(NodeRow::live).toList();
    } catch (RuntimeException e) {
      log.warn("Nodes cannot be read: {}", e.toString());
      return new Forgetting.Failed("the database does not answer");
    }
    if (living.stream().anyMatch(row -> row.id().equals(node))) {
      return new Forgetting.Lives();
    }
    return living.isEmpty()
        ? new Forgetting.Failed("no node is up that could do it")
        : api.forget(living, node);
  }

  private static String recorded(Forgetting result) {
    return switch (result) {
      case Forgetting.Done(long messages) -> "done; " + words(messages);
      case Forgetting.Unknown() -> "failed: not known any more";
      case Forgetting.Lives() -> "refused: it lives";
      case Forgetting.Failed(String why) -> "failed: " + why;
    };
  }

  static String words(long messages) {
    return messages == 1
        ? "1 message waited for it"
        : Texts.count(messages) + " messages waited for it";
  }
}
