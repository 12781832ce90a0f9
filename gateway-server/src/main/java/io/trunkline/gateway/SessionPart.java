package io.trunkline.gateway;

import io.trunkline.gateway.session.Bans;
import io.trunkline.gateway.session.DetachedSessions;
import io.trunkline.gateway.session.Resumes;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionListener;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.session.Sessions;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.protocol.v1.CloseCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of a node that has its sessions: those that are here, and what is recorded of them. */
final class SessionPart {
  private static final Logger log = LoggerFactory.getLogger(SessionPart.class);

  private final Foundation base;
  private final SessionRegistry registry = new SessionRegistry();
  private final SessionJournal journal;
  private final Bans bans;
  private final Sessions sessions;
  private final Resumes resumes;
  private final DetachedSessions detached;

  SessionPart(Foundation base, List<SessionListener> listeners) {
    this.base = base;
    var config = base.config().sessions();
    var database = base.database();
    var blocking = base.threads().blocking();
    var events = new SessionEvents(base.node(), base.bridge(), registry, blocking);
    journal = database.journal(base.config().journal(), events);
    bans = new Bans(database.bans(), base.clock());
    sessions =
        new Sessions(
            new Sessions.Home(base.node(), config), registry, journal, listeners, base.clock());
    resumes = new Resumes(config, database.resumption(), journal, events, blocking);
    detached = new DetachedSessions(config, database.resumption(), events, resumes);
  }

  SessionRegistry registry() {
    return registry;
  }

  SessionJournal journal() {
    return journal;
  }

  Bans bans() {
    return bans;
  }

  Sessions sessions() {
    return sessions;
  }

  Resumes resumes() {
    return resumes;
  }

  DetachedSessions detached() {
    return detached;
  }

  void tidyHistoryDaily() {
    base.threads()
        .daily(
            () -> {
              try {
                base.database().tidyHistory(base.config().journal().retention());
              } catch (RuntimeException e) {
                log.warn("history could not be tidied today: {}", e.toString());
              }
            });
  }

  /** Tells all sessions that the node stops, and waits for their event loops to have done so. */
  void endAll(Duration patience) {
    List<Session> all = List.copyOf(registry.all());
    var left = new CountDownLatch(all.size());
    for (Session session : all) {
      session.onLoop(
          () -> {
            session.end(CloseCode.SHUTTING_DOWN, "the gateway is stopping");
            left.countDown();
          });
    }
    try {
      if (!left.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("{} sessions could not be told that the node stops", left.getCount());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
