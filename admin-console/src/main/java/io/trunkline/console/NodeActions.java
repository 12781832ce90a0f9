package io.trunkline.console;

import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Command;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeStore;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do to nodes; each act is recorded, a failed one too. The database is what counts:
 * the broker only makes a node look there at once. Thread-safe; blocks.
 */
final class NodeActions {
  private static final Logger log = LoggerFactory.getLogger(NodeActions.class);

  private final NodeStore nodes;
  private final JmsBridge bridge;
  private final ActionLog actions;

  NodeActions(NodeStore nodes, JmsBridge bridge, ActionLog actions) {
    this.nodes = nodes;
    this.bridge = bridge;
    this.actions = actions;
  }

  /** What came of it. */
  enum Outcome {
    DONE("ordered"),
    /** The node finds the order when it next renews its lease. */
    DONE_WITHOUT_BROKER("ordered; broker away"),
    NOT_LIVING("failed: the node does not live"),
    DATABASE_AWAY("failed: database away");

    private final String recorded;

    Outcome(String recorded) {
      this.recorded = recorded;
    }

    boolean isDone() {
      return this == DONE || this == DONE_WITHOUT_BROKER;
    }
  }

  Outcome drain(Operator by, String node, DrainOrder order) {
    return order(by, "drain", node, detail(order), () -> nodes.drain(node, order));
  }

  Outcome undrain(Operator by, String node) {
    return order(by, "undrain", node, "", () -> nodes.undrain(node));
  }

  private Outcome order(
      Operator by, String action, String node, String detail, BooleanSupplier change) {
    Outcome outcome;
    try {
      outcome = change.getAsBoolean() ? told(node) : Outcome.NOT_LIVING;
    } catch (RuntimeException e) {
      log.warn("{} of {} cannot be ordered: {}", action, node, e.toString());
      outcome = Outcome.DATABASE_AWAY;
    }
    actions.record(by, action, node, detail, outcome.recorded);
    return outcome;
  }

  /** A hint is not worth waiting until the broker is back. */
  private Outcome told(String node) {
    if (!bridge.connected()) {
      return Outcome.DONE_WITHOUT_BROKER;
    }
    try {
      bridge.command(new Command.NodeChanged(node));
      return Outcome.DONE;
    } catch (BrokerUnavailableException e) {
      log.warn("Node {} cannot be told to look: {}", node, e.getMessage());
      return Outcome.DONE_WITHOUT_BROKER;
    }
  }

  private static String detail(DrainOrder order) {
    return order.reason()
        + " ("
        + Texts.count(order.perSecond())
        + " a second to "
        + order.target().orElse("the least loaded")
        + ", within "
        + Texts.longer(order.within())
        + ", jitter "
        + Texts.longer(order.jitter())
        + ")";
  }
}
