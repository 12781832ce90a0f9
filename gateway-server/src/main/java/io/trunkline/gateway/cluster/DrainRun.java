package io.trunkline.gateway.cluster;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionState;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeStore.NodeRow;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.GoAway;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one order out, on a thread of its own: tick by tick it takes from the sessions those
 * whose slot has come, chooses a node for each and gives every lane its part, so that nothing is
 * kept per connection and an event loop has one task a tick.
 */
final class DrainRun implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(DrainRun.class);
  private static final Duration TICK = Duration.ofMillis(50);
  private static final long PROGRESS_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK_AGAIN_NS = TimeUnit.SECONDS.toNanos(1);

  /** Where the sessions are and where they go. */
  interface Place {
    Iterable<Session> sessions();

    int left();

    Optional<NodeRow> targetFor(String user, Optional<String> wanted);

    /** Milliseconds since 1970 until which a session that is left now can be resumed. */
    long resumableUntilMs();

    /** New clients are refused from now on. */
    void shut();
  }

  /**
   * What drains have come to since the node's start. Thread-safe.
   *
   * @param told sessions that were told to go
   * @param moved of those, the ones that went
   * @param closed sessions that were still here at the end of the time
   */
  record Tally(LongAdder told, LongAdder moved, LongAdder closed) {
    Tally() {
      this(new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  /**
   * @param notice at most this long before the first is told
   * @param untilEmpty end when nobody is left; else stay until the time is over, for those whose
   *     handshake was under way
   */
  record Terms(DrainOrder order, Duration notice, boolean untilEmpty) {}

  private final Terms terms;
  private final Place place;
  private final Tally tally;
  private final Runnable emptied;
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Set<Session> told = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Queue<Session> slots = new ArrayDeque<>();
  private long sent;
  private long lookedNs;
  private long progressNs;
  private boolean warned;
  private boolean empty;

  /**
   * @param tally is added to
   * @param emptied told once, when nobody is left
   */
  DrainRun(Terms terms, Place place, Tally tally, Runnable emptied) {
    this.tally = tally;
    this.terms = terms;
    this.place = place;
    this.emptied = emptied;
  }

  /** Those that were told stay told; no more are. */
  void cancel() throws InterruptedException {
    cancelled.countDown();
    over.await();
  }

  @Override
  public void run() {
    try {
      empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("the drain failed; the node stays closed for new clients", e);
    } finally {
      countMoved();
      over.countDown();
    }
  }

  private void empty() throws InterruptedException {
    long startNs = System.nanoTime();
    long endNs = startNs + terms.order().within().toNanos();
    DrainPlan before = DrainPlan.of(terms.order(), terms.notice(), 0);
    if (cancelled.await(before.notice().toMillis(), TimeUnit.MILLISECONDS)) {
      return;
    }
    place.shut();
    DrainPlan plan = DrainPlan.of(terms.order(), terms.notice(), place.left());
    log.info(
        "draining {} sessions within {}, {} a second, jitter {}: {}",
        place.left(),
        terms.order().within(),
        plan.perSecond(),
        plan.jitter(),
        terms.order().reason());
    if (plan.perSecond() > terms.order().perSecond()) {
      log.warn(
          "{} a second would not do within {}", terms.order().perSecond(), terms.order().within());
    }
    long slotsNs = System.nanoTime();
    progressNs = slotsNs;
    lookedNs = slotsNs - LOOK_AGAIN_NS;
    while (System.nanoTime() - endNs < 0) {
      noteEmpty();
      if (empty && terms.untilEmpty()) {
        return;
      }
      tell(plan, due(plan, slotsNs));
      tellProgress();
      if (cancelled.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    closeRest();
  }

  /** So many slots have come. */
  private long due(DrainPlan plan, long slotsNs) {
    double seconds = (double) (System.nanoTime() - slotsNs + TICK.toNanos()) / 1e9;
    return (long) Math.min(Integer.MAX_VALUE, seconds * plan.perSecond()) - sent;
  }

  private void tell(DrainPlan plan, long count) {
    if (count <= 0) {
      return;
    }
    if (slots.isEmpty()) {
      look();
    }
    Map<Lane, List<Runnable>> byLane = new HashMap<>();
    Map<String, Frame> frames = new HashMap<>();
    long left = count;
    while (left > 0 && !slots.isEmpty()) {
      Session session = slots.remove();
      if (session.state() != SessionState.ACTIVE) {
        continue;
      }
      NodeRow target = place.targetFor(session.info().user(), terms.order().target()).orElse(null);
      if (target == null) {
        slots.clear(); // they are found again by the next look
        warnNobodyTakes();
        break;
      }
      warned = false;
      told.add(session);
      tally.told().increment();
      sent++;
      left--;
      Frame frame =
          frames.computeIfAbsent(target.clientAddress(), address -> goAway(plan, address));
      byLane
          .computeIfAbsent(session.connection().lane(), lane -> new ArrayList<>())
          .add(() -> leave(session, frame));
    }
    sent += left; // slots that nobody used are over: nobody is hurried for them later
    byLane.forEach(DrainRun::give);
  }

  /** Finds who has not been told yet; at most once a second. */
  private void look() {
    long now = System.nanoTime();
    if (now - lookedNs < LOOK_AGAIN_NS) {
      return;
    }
    lookedNs = now;
    countMoved();
    for (Session session : place.sessions()) {
      if (!told.contains(session)) {
        slots.add(session);
      }
    }
  }

  private void countMoved() {
    int before = told.size();
    told.removeIf(session -> session.state() != SessionState.ACTIVE);
    tally.moved().add(before - told.size());
  }

  private Frame goAway(DrainPlan plan, String address) {
    return Frame.newBuilder()
        .setGoAway(
            GoAway.newBuilder()
                .setCode(CloseCode.DRAINING)
                .setReason(terms.order().reason())
                .setJitterMs((int) Math.min(Integer.MAX_VALUE, plan.jitter().toMillis()))
                .setAddress(address)
                .setResumableUntilMs(place.resumableUntilMs()))
        .build();
  }

  private static void give(Lane lane, List<Runnable> tasks) {
    try {
      lane.loop().execute(() -> tasks.forEach(Runnable::run));
    } catch (RejectedExecutionException e) {
      log.debug("an event loop is at its end");
    }
  }

  /** On the session's event loop. */
  private static void leave(Session session, Frame goAway) {
    if (session.state() == SessionState.ACTIVE) {
      session.send(goAway);
      session.connection().flush();
    }
  }

  private void warnNobodyTakes() {
    if (!warned) {
      log.warn("no other node takes clients: {} stay until one does", place.left());
    }
    warned = true;
  }

  private void noteEmpty() {
    boolean now = place.left() == 0;
    if (now && !empty) {
      log.info("drained: nobody is left");
      emptied.run();
    }
    empty = now;
  }

  private void tellProgress() {
    long now = System.nanoTime();
    if (!empty && now - progressNs >= PROGRESS_NS) {
      progressNs = now;
      log.info("draining: {} sessions left", place.left());
    }
  }

  private void closeRest() {
    countMoved();
    told.clear();
    int left = place.left();
    if (left > 0) {
      log.warn("the time of the drain is over: {} sessions are closed", left);
      for (Session session : place.sessions()) {
        try {
          session.end(CloseCode.DRAINING, "the node is drained; connect elsewhere");
          tally.closed().increment();
        } catch (RejectedExecutionException e) {
          log.debug("an event loop is at its end");
        }
      }
    }
    emptied.run();
  }
}
