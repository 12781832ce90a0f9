package io.trunkline.gateway;

import io.trunkline.persistence.NodeStore;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the node's entry in the database alive while the node is. */
final class NodeLease implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeLease.class);

  private final NodeConfig config;
  private final NodeStore nodes;
  private final Duration grace;
  private final IntSupplier sessions;
  private final Runnable afterCutOff;
  private final ScheduledExecutorService renewal =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-lease").daemon().factory());
  private boolean away; // renewal thread
  private boolean cutOff; // renewal thread
  private volatile boolean alone;

  /**
   * @param grace how long the sessions of this node's last life may be resumed
   * @param afterCutOff run when the lease had ended and is renewed; may block and fail, and is then
   *     run again
   */
  NodeLease(
      NodeConfig config,
      NodeStore nodes,
      Duration grace,
      IntSupplier sessions,
      Runnable afterCutOff) {
    this.config = config;
    this.nodes = nodes;
    this.grace = grace;
    this.afterCutOff = afterCutOff;
    this.sessions = sessions;
  }

  /** Enters the node and detaches what its last life left open. Blocks. */
  void start(String clientAddress, String apiAddress) {
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

  /**
   * Whether no other node lived at the last look; one that has just come is known a third of a
   * lease later. Any thread.
   */
  boolean alone() {
    return alone;
  }

  private void lookForOthers() {
    alone = nodes.list().stream().noneMatch(row -> row.live() && !row.id().equals(config.id()));
  }

  private void renew() {
    try {
      if (nodes.renew(config.id(), config.lease(), sessions.getAsInt())) {
        cutOff = true;
      }
      if (cutOff) {
        afterCutOff.run();
        cutOff = false;
      }
      lookForOthers();
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
