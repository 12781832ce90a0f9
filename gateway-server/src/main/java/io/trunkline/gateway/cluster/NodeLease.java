package io.trunkline.gateway.cluster;

import io.netty.util.Timer;
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
  private static final long BEAT_MS = 200;

  /** How long, after a stop, the database may take to say what moved. */
  private static final Duration WAKING = Duration.ofSeconds(3);

  private final NodeConfig config;
  private final NodeStore nodes;
  private final Duration grace;
  private final LeaseGuard guard;
  private final Hooks hooks;
  private final ScheduledExecutorService renewal =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-lease").daemon().factory());
  private boolean away; // renewal thread
  private volatile boolean lookAgain;
  private volatile boolean closed;

  /**
   * What happens at renewals, on the lease's thread.
   *
   * @param load is asked before each
   * @param afterCutOff run when the lease had ended, or the process was stopped, and the lease is
   *     renewed; may block and fail, and is then run again
   * @param drain given the order to drain, or none, after each; does not block
   */
  public record Hooks(
      Supplier<NodeLoad> load, Runnable afterCutOff, Consumer<Optional<DrainOrder>> drain) {}

  /**
   * What happens when it goes wrong.
   *
   * @param cluster is told of all nodes at each renewal
   * @param inDoubt on the timer's thread: the process was stopped, and the database does not say
   *     what moved
   * @param superseded on the lease's thread, once: another process is the node now, and this one
   *     must end; given why
   */
  public record Members(ClusterNodes cluster, Runnable inDoubt, Consumer<String> superseded) {}

  private final Members members;

  /**
   * @param grace how long the sessions of this node's last life may be resumed
   */
  public NodeLease(
      NodeConfig config,
      NodeStore nodes,
      Duration grace,
      LeaseGuard guard,
      Members members,
      Hooks hooks) {
    this.config = config;
    this.nodes = nodes;
    this.grace = grace;
    this.guard = guard;
    this.members = members;
    this.hooks = hooks;
  }

  /**
   * Enters the node and detaches what its last life left open. Blocks, while another process holds
   * the node's id for as long as its lease runs.
   *
   * @param timer looks some times a second whether the process was stopped
   * @throws NodeInUseException if another process with this id lives
   */
  public void start(String clientAddress, String apiAddress, Timer timer)
      throws NodeInUseException {
    int leftOpen =
        new NodeClaim(nodes, config.lease(), grace)
            .enter(new NodeStore.Entry(config.id(), clientAddress, apiAddress, ProcessMark.own()));
    if (leftOpen > 0) {
      log.warn(
          "{} sessions of this node's last life were open; they can be resumed for {}",
          leftOpen,
          grace);
    }
    guard.begin();
    renew();
    beat(timer);
    long third = config.lease().toMillis() / 3;
    renewal.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
  }

  private void beat(Timer timer) {
    timer.newTimeout(
        timeout -> {
          if (!closed) {
            beat(timer);
            notice(timer, guard.beat());
          }
        },
        BEAT_MS,
        TimeUnit.MILLISECONDS);
  }

  private void notice(Timer timer, Duration stopped) {
    if (stopped.isZero()) {
      return;
    }
    log.warn(
        "this process was stopped for {} ms; nothing is taken or sent until it is known what moved",
        stopped.toMillis());
    renewNow();
    long stops = guard.stops();
    timer.newTimeout(timeout -> examined(timer, stops), WAKING.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The time is over that the database had to say what moved during a stop. */
  private void examined(Timer timer, long stops) {
    if (closed) {
      return;
    }
    // The process may have been stopped again meanwhile: for that one there is time from now on.
    notice(timer, guard.beat());
    if (guard.stops() == stops && !guard.awake()) {
      members.inDoubt().run();
    }
  }

  /** Renews soon, besides the times when it is due: the node's row has changed. Any thread. */
  public void renewNow() {
    try {
      renewal.execute(this::renew);
    } catch (RejectedExecutionException e) {
      log.debug("not renewed: the node stops", e);
    }
  }

  /** Renews soon and looks which sessions went on elsewhere: a word of it may be lost. */
  public void lookAgain() {
    lookAgain = true;
    renewNow();
  }

  private void renew() {
    if (closed) {
      return;
    }
    try {
      guard.beat(); // so that a stop just before this is seen, and looked into
      long seenStops = guard.stops();
      long askedNs = guard.nowNs();
      NodeLoad load = hooks.load().get();
      NodeStore.Renewal renewed = nodes.renew(config.id(), config.lease(), load);
      if (renewed.superseded()) {
        supersede();
        return;
      }
      if (renewed.leaseHadEnded() || !guard.awake()) {
        lookAgain = true;
      }
      if (guard.stoppedSince(seenStops)) {
        // Asked before the stop and answered after it: whether others took the node for lost since
        // then it does not tell, and what they only took for lost it has not taken back.
        renewNow();
        return;
      }
      if (lookAgain) {
        lookAgain = false;
        try {
          hooks.afterCutOff().run();
        } catch (RuntimeException e) {
          lookAgain = true;
          throw e;
        }
      }
      guard.renewed(askedNs, config.lease(), seenStops);
      long heard = members.cluster().heard();
      members.cluster().saw(nodes.list(), heard);
      hooks.drain().accept(renewed.drain());
      nodes.noteLoad(config.id(), load);
      away = false;
    } catch (RuntimeException e) {
      if (!away) {
        log.warn("the node's lease cannot be renewed: {}", e.toString());
      }
      away = true;
    }
  }

  private void supersede() {
    closed = true;
    guard.over();
    members
        .superseded()
        .accept(
            "node '%s' is another process now, or was forgotten, while this one gave no sign of life; this process ends"
                .formatted(config.id()));
  }

  @Override
  public void close() {
    boolean superseded = closed;
    closed = true;
    renewal.shutdownNow();
    if (superseded) {
      return;
    }
    try {
      nodes.leave(config.id());
    } catch (RuntimeException e) {
      log.warn("the node could not sign off; its lease will end: {}", e.toString());
    }
  }
}
