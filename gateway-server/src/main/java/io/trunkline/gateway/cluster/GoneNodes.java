package io.trunkline.gateway.cluster;

import io.netty.util.Timer;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.NodeStore;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what nodes leave behind that do not come back: their durable subscription, in which
 * messages would gather for ever, and their entry. Blocks.
 */
public final class GoneNodes {
  private static final Logger log = LoggerFactory.getLogger(GoneNodes.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final NodeStore nodes;
  private final JmsBridge bridge;
  private final Duration grace;
  private volatile boolean failing;

  /**
   * @param grace how long a session may be resumed that such a node had left open
   */
  public GoneNodes(NodeStore nodes, JmsBridge bridge, Duration grace) {
    this.nodes = nodes;
    this.bridge = bridge;
    this.grace = grace;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * It is forgotten.
     *
     * @param messages that waited in its subscription and are gone
     */
    record Forgotten(long messages) implements Outcome {}

    /** It lives, or its subscription is in use, or it has not been gone for so long. */
    record NotGone() implements Outcome {}
  }

  /**
   * Looks at intervals; of the nodes that live the one with the first id does it.
   *
   * @param held whether this node may act for the cluster
   */
  public void watch(
      Timer timer,
      Executor blocking,
      NodeConfig config,
      ClusterNodes cluster,
      BooleanSupplier held) {
    timer.newTimeout(
        timeout -> {
          if (held.getAsBoolean() && isFirst(cluster)) {
            blocking.execute(() -> look(config.unsubscribeAfter(), config.forgetAfter()));
          }
          watch(timer, blocking, config, cluster, held);
        },
        INTERVAL.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private static boolean isFirst(ClusterNodes cluster) {
    return cluster.live().stream()
        .findFirst()
        .map(first -> first.id().equals(cluster.self()))
        .orElse(false);
  }

  /** One look; not private for its tests. */
  void look(Duration unsubscribeAfter, Duration forgetAfter) {
    try {
      for (String node : nodes.goneFor(unsubscribeAfter)) {
        long messages = bridge.removeSubscription(node).messages();
        if (messages > 0) {
          log.warn(
              "node {} has been gone for {}; {} messages that waited for it in the broker are removed",
              node,
              unsubscribeAfter,
              messages);
        }
      }
      for (String node : nodes.goneFor(forgetAfter)) {
        if (forget(node, forgetAfter) instanceof Outcome.Forgotten) {
          log.info("node {} has been gone for {} and is forgotten", node, forgetAfter);
        }
      }
      failing = false;
    } catch (BrokerUnavailableException | RuntimeException e) {
      if (!failing) {
        log.warn("what nodes left behind cannot be removed at present: {}", e.toString());
      }
      failing = true;
    }
  }

  /**
   * Removes one.
   *
   * @param goneFor it must have been gone for so long
   * @throws BrokerUnavailableException if the subscription cannot be removed now
   */
  public Outcome forget(String node, Duration goneFor) throws BrokerUnavailableException {
    if (!nodes.goneFor(goneFor).contains(node)) {
      return new Outcome.NotGone();
    }
    // The subscription first: an entry that is left is looked at again, a subscription would not
    // be. A node that starts just now makes its subscription again, and its entry then stays.
    JmsBridge.Removal removal = bridge.removeSubscription(node);
    if (removal.inUse() || !nodes.forget(node, goneFor, grace)) {
      return new Outcome.NotGone();
    }
    return new Outcome.Forgotten(removal.messages());
  }
}
