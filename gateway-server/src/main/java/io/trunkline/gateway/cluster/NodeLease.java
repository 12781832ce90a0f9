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
  private final Supplier<NodeLoad> load;
  private final Runnable afterCutOff;
  private final Consumer<Optional<DrainOrder>> drain;
  private final ScheduledExecutorService renewal =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-lease").daemon().factory());
  private boolean away; // renewal thread
  private boolean cutOff; // renewal thread

  /**
   * @param cluster is told of all nodes at each renewal
   * @param grace how long the sessions of this node's last life may be resumed
   * @param afterCutOff run when the lease had ended and is renewed; may block and fail, and is then
   *     run again
   * @param drain told after each renewal whether the node is to be emptied, on the renewal thread
   */
  public NodeLease(
      NodeConfig config,
      NodeStore nodes,
      Duration grace,
      ClusterNodes cluster,
      Supplier<NodeLoad> load,
      Runnable afterCutOff,
      Consumer<Optional<DrainOrder>> drain) {
    this.config = config;
    this.nodes = nodes;
    this.grace = grace;
    this.afterCutOff = afterCutOff;
    this.drain = drain;
    this.cluster = cluster;
    this.load = load;
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

  /** Renews soon, since something has changed about this node or another. Any thread. */
  public void renewNow() {
    try {
      renewal.execute(this::renew);
    } catch (RejectedExecutionException e) {
      log.debug("the node has signed off");
    }
  }

  private void lookForOthers() {
    cluster.saw(nodes.list());
  }

  private void renew() {
    try {
      NodeStore.Renewal renewed = nodes.renew(config.id(), config.lease(), load.get());
      if (renewed.leaseHadEnded()) {
        cutOff = true;
      }
      if (cutOff) {
        afterCutOff.run();
        cutOff = false;
      }
      lookForOthers();
      drain.accept(renewed.drain());
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
