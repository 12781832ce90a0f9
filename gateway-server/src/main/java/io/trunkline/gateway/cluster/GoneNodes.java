package io.trunkline.gateway.cluster;

import io.netty.util.Timer;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.NodeStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to what nodes leave behind. What waits in their durable subscription for one recipient, and
 * is stored nowhere, is passed on or reported as soon as they are gone; the subscription of one
 * that does not come back, in which messages would gather for ever, is removed, and then its entry.
 * Blocks.
 *
 * <p>Gone is a node whose lease has ended, by the database's clock. It may run all the same: then
 * it takes from its subscription, and nobody else does. If it was stopped, the broker gives its
 * messages back when its connection has been silent for {@code jms.connection-ttl}; what it wakes
 * up with was never acknowledged, so it cannot acknowledge what another has had since.
 */
public final class GoneNodes {
  private static final Logger log = LoggerFactory.getLogger(GoneNodes.class);
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(30);

  /**
   * So many looks in which nothing came end it, until the subscription is removed: what others had
   * still sent there, before they knew, has come by then, and what is for all gathers there, which
   * the broker would search each time.
   */
  private static final int QUIET_LOOKS = 5;

  private static final int REMOVALS = 3;
  private static final Duration BETWEEN_REMOVALS = Duration.ofMillis(300);

  private final NodeStore nodes;
  private final JmsBridge bridge;
  private final Duration grace;
  private final String self;
  private final Function<String, JmsBridge.Heir> heirs;
  private final Map<String, Integer> quietLooks = new ConcurrentHashMap<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile boolean failing;

  /**
   * @param grace how long a session may be resumed that such a node had left open
   * @param self this node
   * @param heirs who goes on here with the messages of a node that is gone
   */
  public GoneNodes(
      NodeStore nodes,
      JmsBridge bridge,
      Duration grace,
      String self,
      Function<String, JmsBridge.Heir> heirs) {
    this.nodes = nodes;
    this.bridge = bridge;
    this.grace = grace;
    this.self = self;
    this.heirs = heirs;
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
    long third = config.lease().toMillis() / 3; // as often as the node learns who is there
    timer.newTimeout(
        timeout -> {
          if (held.getAsBoolean() && isFirst(cluster) && looking.compareAndSet(false, true)) {
            blocking.execute(() -> lookOnce(config));
          }
          watch(timer, blocking, config, cluster, held);
        },
        Math.min(LONGEST_INTERVAL.toMillis(), third),
        TimeUnit.MILLISECONDS);
  }

  private void lookOnce(NodeConfig config) {
    try {
      look(config.unsubscribeAfter(), config.forgetAfter());
    } finally {
      looking.set(false);
    }
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
      List<String> gone = nodes.goneFor(Duration.ZERO);
      quietLooks.keySet().retainAll(gone);
      for (String node : gone) {
        if (quietLooks.getOrDefault(node, 0) < QUIET_LOOKS) {
          inherit(node);
        }
      }
      for (String node : nodes.goneFor(unsubscribeAfter)) {
        inherit(node);
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
      // A lost connection to the broker is logged once, by the link.
      if (!failing && bridge.connected()) {
        log.warn("what nodes left behind cannot be removed at present: {}", e.toString());
      }
      failing = true;
    }
  }

  /** Takes over what waits for it and would be lost. */
  private void inherit(String node) throws BrokerUnavailableException {
    JmsBridge.Takeover taken = bridge.takeOver(self, node, new WhileGone(node, heirs.apply(node)));
    if (taken.messages() > 0) {
      log.info(
          "node {} is gone; {} messages that waited for it are passed on or reported",
          node,
          taken.messages());
    }
    if (taken.inUse() || taken.messages() > 0) {
      quietLooks.remove(node);
    } else {
      quietLooks.merge(node, 1, Integer::sum);
    }
  }

  /** As soon as the node is there again, what waits for it is its own. */
  private final class WhileGone implements JmsBridge.Heir {
    private final String node;
    private final JmsBridge.Heir heir;

    WhileGone(String node, JmsBridge.Heir heir) {
      this.node = node;
      this.heir = heir;
    }

    @Override
    public boolean mayTake() {
      return heir.mayTake() && nodes.goneFor(Duration.ZERO).contains(node);
    }

    @Override
    public List<JmsBridge.Route> take(List<DownlinkMessage> batch) {
      return heir.take(batch);
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
    inherit(node);
    JmsBridge.Removal removal = remove(node);
    if (removal.inUse() || !nodes.forget(node, goneFor, grace)) {
      return new Outcome.NotGone();
    }
    return new Outcome.Forgotten(removal.messages());
  }

  /** Another node may just be looking what waits there, which does not take long. */
  private JmsBridge.Removal remove(String node) throws BrokerUnavailableException {
    JmsBridge.Removal removal = bridge.removeSubscription(node);
    for (int again = 0; removal.inUse() && again < REMOVALS; again++) {
      LockSupport.parkNanos(BETWEEN_REMOVALS.toNanos());
      removal = bridge.removeSubscription(node);
    }
    return removal;
  }
}
