package io.trunkline.gateway.session;

import io.netty.util.Timer;
import io.trunkline.persistence.ClosedSession;
import io.trunkline.persistence.SessionClose;
import io.trunkline.persistence.SessionResumption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after sessions that no node holds: ends those whose grace time is over, and detaches those
 * of nodes that died. Every node does it, for the whole cluster. Thread-safe; blocks.
 */
public final class DetachedSessions {
  private static final Logger log = LoggerFactory.getLogger(DetachedSessions.class);
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(250);

  private final SessionsConfig config;
  private final SessionResumption store;
  private final SessionNews news;
  private final Resumes resumes;
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile boolean away;

  public DetachedSessions(
      SessionsConfig config, SessionResumption store, SessionNews news, Resumes resumes) {
    this.config = config;
    this.store = store;
    this.news = news;
    this.resumes = resumes;
  }

  /**
   * Looks at intervals, one look at a time.
   *
   * @param held whether this node may act for the cluster: one that has lost its lease would take
   *     its own sessions for those of a dead node
   */
  public void watch(Timer timer, Executor blocking, BooleanSupplier held) {
    timer.newTimeout(
        timeout -> {
          if (held.getAsBoolean()) {
            blocking.execute(this::tryToSweep);
          }
          watch(timer, blocking, held);
        },
        interval().toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private Duration interval() {
    Duration quarter = config.grace().dividedBy(4);
    if (quarter.isZero() || quarter.compareTo(LONGEST_INTERVAL) > 0) {
      return LONGEST_INTERVAL;
    }
    return quarter.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : quarter;
  }

  private void tryToSweep() {
    if (!sweeping.compareAndSet(false, true)) {
      return;
    }
    try {
      sweep();
      away = false;
    } catch (RuntimeException e) {
      if (!away) {
        log.warn("sessions without a connection cannot be looked after: {}", Resumes.cause(e));
      }
      away = true;
    } finally {
      sweeping.set(false);
    }
  }

  private void sweep() {
    resumes.clearUp();
    List<ClosedSession> lost;
    do {
      lost = store.detachOfDeadNodes(config.grace());
      if (!lost.isEmpty()) {
        log.warn("{} sessions lost their connection with their node", lost.size());
        news.detachedOnDeadNodes(lost);
      }
    } while (lost.size() == SessionResumption.MAX_BATCH);
    List<ClosedSession> over;
    do {
      over = store.closeOverdue();
      if (!over.isEmpty()) {
        news.closed(over);
      }
    } while (over.size() == SessionResumption.MAX_BATCH);
  }

  /** Ends a session that has no connection; empty if there is no such one. */
  public Optional<ClosedSession> end(UUID id, SessionClose close) {
    Optional<ClosedSession> closed = store.closeDetached(id, close);
    closed.ifPresent(session -> news.closed(List.of(session)));
    return closed;
  }
}
