package io.trunkline.gateway.cluster;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties this node, as ordered in its row of the database or because it stops: it is not ready any
 * more, then takes no new clients, then sends those it has elsewhere, a few at a time, and closes
 * what is left when the time is over. Emptied, it stays closed until the order is taken back or it
 * stops. Thread-safe.
 */
public final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private final NodeConfig config;
  private final Home home;
  private final Runnable emptied;
  private final DrainRun.Tally tally = new DrainRun.Tally();
  private @Nullable DrainOrder order;
  private @Nullable DrainRun run;
  private boolean stopping;
  private volatile boolean underWay;

  /**
   * The node's sessions and its way to the others.
   *
   * @param grace how long a session that was left can be resumed
   */
  public record Home(
      SessionRegistry registry,
      NodeChoice choice,
      NodeGate gate,
      Duration grace,
      InstantSource clock)
      implements DrainRun.Place {
    @Override
    public Iterable<Session> sessions() {
      return registry.all();
    }

    @Override
    public int left() {
      return registry.size();
    }

    @Override
    public Optional<NodeRow> targetFor(String user, Optional<String> wanted) {
      return wanted.flatMap(choice::other).or(() -> gate.targetFor(user));
    }

    @Override
    public long resumableUntilMs() {
      return clock.millis() + grace.toMillis();
    }

    @Override
    public void shut() {
      gate.closed(true);
    }
  }

  /**
   * Drains nothing yet.
   *
   * @param emptied told when nobody is left; must not block
   */
  public Drain(NodeConfig config, Home home, Runnable emptied) {
    this.config = config;
    this.home = home;
    this.emptied = emptied;
  }

  /** It is being emptied, or is empty and closed. Any thread. */
  public boolean underWay() {
    return underWay;
  }

  /** Sessions that were told to go, since the node's start. Any thread, as the next. */
  public long told() {
    return tally.told().sum();
  }

  /** Of those, the ones that went; known a second later. */
  public long moved() {
    return tally.moved().sum();
  }

  /** Sessions that were closed when the time of a drain was over. */
  public long closed() {
    return tally.closed().sum();
  }

  /** Sessions that are here. Any thread. */
  public int sessionsLeft() {
    return home.left();
  }

  /**
   * What the database orders; the same order again changes nothing. Another one goes on from where
   * the earlier one is, with its own time. A node that stops does not listen any more.
   *
   * @param ordered empty: to take clients
   */
  public synchronized void ordered(Optional<DrainOrder> ordered) {
    if (stopping || ordered.equals(Optional.ofNullable(order))) {
      return;
    }
    try {
      endRun();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    order = ordered.orElse(null);
    if (ordered.isPresent()) {
      log.info("the node is to be drained, says {}", ordered.get().by());
      DrainRun next =
          begin(new DrainRun.Terms(ordered.get(), config.drainNotice(), false), emptied);
      Thread.ofPlatform().name("drain").daemon().start(next);
    } else {
      log.info("the node takes clients again");
      underWay = false;
      home.gate().closed(false);
      home.choice().selfLeaves(false);
    }
  }

  /** What a node that stops orders itself. */
  public DrainOrder onStop() {
    return new DrainOrder(
        "node",
        "the node stops",
        config.drainPerSecond(),
        config.drainTimeout(),
        config.drainJitter(),
        Optional.empty());
  }

  /** Whether a stop has somebody to send clients to, and time for it. */
  public boolean isOfUseOnStop() {
    return config.drainTimeout().isPositive() && home.left() > 0 && home.choice().hasOthers();
  }

  /** Sends everybody elsewhere; blocks until nobody is left or the time is over. */
  public void stop() throws InterruptedException {
    DrainRun last;
    synchronized (this) {
      stopping = true;
      // Who waits for a load balancer has had its time if the node was drained before it stops.
      Duration notice = underWay ? Duration.ZERO : config.drainNotice();
      endRun();
      // Nobody needs to be told that it is empty: it signs off.
      last = begin(new DrainRun.Terms(onStop(), notice, true), () -> {});
    }
    last.run();
  }

  private DrainRun begin(DrainRun.Terms terms, Runnable whenEmpty) {
    underWay = true;
    home.choice().selfLeaves(true);
    DrainRun next = new DrainRun(terms, home, tally, whenEmpty);
    run = next;
    return next;
  }

  private void endRun() throws InterruptedException {
    DrainRun present = run;
    run = null;
    if (present != null) {
      present.cancel();
    }
  }
}
