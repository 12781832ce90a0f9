package io.trunkline.gateway.cluster;

import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeLoad;
import io.trunkline.persistence.NodeStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the node's entry in the database alive while the node is. */
public final class NodeLease implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeLease.class);

  private final NodeConfig config;
  private final NodeStore nodes;
  private final Duration grace;
  private final ClusterNodes cluster;
  private final Hooks hooks;
  private final ScheduledExecutorService renewal =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-lease").daemon().factory());
  private boolean away; // renewal thread
  private boolean cutOff; // renewal thread

  /**
   * What happens at renewals, on the lease's thread.
   *
   * @param load is asked before each
   * @param afterCutOff run when the lease had ended and is renewed; may block and fail, and is then
   *     run again
   * @param drain given the order to drain, or none, after each; does not block
   */
  public record Hooks(
      Supplier<NodeLoad> load, Runnable afterCutOff, Consumer<Optional<DrainOrder>> drain) {}

  /**
   * @param cluster is told of all nodes at each renewal
   * @param grace how long the sessions of this node's last life may be resumed
   */
  public NodeLease(
      NodeConfig config, NodeStore nodes, Duration grace, ClusterNodes cluster, Hooks hooks) {
    this.config = config;
    this.nodes = nodes;
    this.grace = grace;
    this.cluster = cluster;
    this.hooks = hooks;
  }

  /** Enters the node and detaches what its last life left open. Blocks. */
  public void start(String clientAddress, String apiAddress) {
    int leftOpen = nodes.register(config.id(), clientAddress, apiAddress, config.lease(), grace);
    if (leftOpen > 0) {
      log.warn(
          "{} sessions of this node's last life were open; they can be resumed for {}",
          leftOpen,
          grace);
    }
    lookForOthers();
    long third = config.lease().toMillis() / 3;
    renewal.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
  }

  private void lookForOthers() {
    cluster.saw(nodes.list());
  }

  /** Renews soon, besides the times when it is due: the node's row has changed. Any thread. */
  public void renewNow() {
    try {
      renewal.execute(this::renew);
    } catch (RejectedExecutionException e) {
      log.debug("not renewed: the node stops", e);
    }
  }

  private void renew() {
    try {
      NodeStore.Renewal renewed = nodes.renew(config.id(), config.lease(), hooks.load().get());
      if (renewed.leaseHadEnded()) {
        cutOff = true;
      }
      if (cutOff) {
        hooks.afterCutOff().run();
        cutOff = false;
      }
      lookForOthers();
      hooks.drain().accept(renewed.drain());
      away = false;
    } catch (RuntimeException e) {
      if (!away) {
        log.warn("the node's lease cannot be renewed: {}", e.toString());
      }
      away = true;
    }
  }

  @Override
  public void close() {
    renewal.shutdownNow();
    try {
      nodes.leave(config.id());
    } catch (RuntimeException e) {
      log.warn("the node could not sign off; its lease will end: {}", e.toString());
    }
  }
}
