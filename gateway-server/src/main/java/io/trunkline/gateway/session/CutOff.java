package io.trunkline.gateway.session;

import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionResumption;
import io.trunkline.protocol.v1.CloseCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After the node was paused, or without the database, for longer than its lease, or when words of
 * other nodes may be lost: others may have resumed its sessions or ended them. Those it lets go.
 * Blocks.
 */
public final class CutOff {
  private static final Logger log = LoggerFactory.getLogger(CutOff.class);

  private static final long PATIENCE_S = 2;

  private final String node;
  private final SessionRegistry registry;
  private final SessionJournal journal;
  private final SessionResumption store;

  public CutOff(
      String node, SessionRegistry registry, SessionJournal journal, SessionResumption store) {
    this.node = node;
    this.registry = registry;
    this.journal = journal;
    this.store = store;
  }

  /**
   * To be called when the lease is renewed. When this returns, event loops have let go what is to
   * be let go, or are about to.
   */
  public void isOver() {
    List<Session> gone = new ArrayList<>();
    List<Session> all = List.copyOf(registry.all());
    for (int from = 0; from < all.size(); from += SessionResumption.MAX_BATCH) {
      int to = Math.min(all.size(), from + SessionResumption.MAX_BATCH);
      List<Session> suspects = notHeld(all.subList(from, to));
      // Its start may only be on its way: what the journal knows of it goes first.
      suspects.forEach(session -> journal.settled(session.info().id()).join());
      for (Session session : notHeld(suspects)) {
        session.letGo(CloseCode.MOVED, "the session went on elsewhere while this node was cut off");
        gone.add(session);
      }
    }
    await(gone);
    log.warn("{} of {} sessions went on elsewhere, and are let go", gone.size(), all.size());
  }

  /** Event loops do things in their order: what comes after this finds the sessions gone. */
  private static void await(List<Session> gone) {
    var done = new CountDownLatch(gone.size());
    gone.forEach(session -> session.onLoop(done::countDown));
    try {
      if (!done.await(PATIENCE_S, TimeUnit.SECONDS)) {
        log.warn("event loops are busy; {} sessions are still to be let go", done.getCount());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Session> notHeld(List<Session> sessions) {
    if (sessions.isEmpty()) {
      return List.of();
    }
    Map<UUID, Integer> epochs = HashMap.newHashMap(sessions.size());
    sessions.forEach(session -> epochs.put(session.info().id(), session.epoch()));
    Set<UUID> gone = new HashSet<>(store.notHeldBy(node, epochs));
    List<Session> found = new ArrayList<>(gone.size());
    for (Session session : sessions) {
      if (gone.contains(session.info().id()) && session.state() == SessionState.ACTIVE) {
        found.add(session);
      }
    }
    return found;
  }
}
