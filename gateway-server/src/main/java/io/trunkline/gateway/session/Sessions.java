package io.trunkline.gateway.session;

import io.trunkline.gateway.transport.Connection;
import io.trunkline.persistence.SessionDetach;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionStart;
import io.trunkline.persistence.Traffic;
import io.trunkline.protocol.v1.CloseCode;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins, resumes, detaches and ends sessions, and tells registry, journal and listeners. A
 * detached session is not here any more but in the database: a {@link Session} is one attach.
 */
public final class Sessions {
  private static final Logger log = LoggerFactory.getLogger(Sessions.class);
  private static final String GOES_ON = "the session goes on over another connection";

  private final Home home;
  private final SessionRegistry registry;
  private final SessionJournal journal;
  private final SessionListener listeners;
  private final InstantSource clock;
  private final LongAdder begun = new LongAdder();
  private final LongAdder detached = new LongAdder();
  private final LongAdder over = new LongAdder();
  private final CallCounts callCounts = new CallCounts();

  /** The node, and what holds for its sessions. */
  public record Home(String node, SessionsConfig config) {}

  public Sessions(
      Home home,
      SessionRegistry registry,
      SessionJournal journal,
      List<SessionListener> listeners,
      InstantSource clock) {
    this.home = home;
    this.registry = registry;
    this.journal = journal;
    this.listeners = new SessionListeners(listeners);
    this.clock = clock;
  }

  /** Sessions begun since the start. */
  public long begun() {
    return begun.sum();
  }

  /** Sessions whose connection was lost, and that may be resumed, since the start. */
  public long detached() {
    return detached.sum();
  }

  /** Sessions ended since the start. */
  public long over() {
    return over.sum();
  }

  /** Calls to clients. */
  public CallCounts callCounts() {
    return callCounts;
  }

  /** To one client without an answer. */
  int maxCalls() {
    return home.config().maxCalls();
  }

  /** A verified client has a session now. On the connection's event loop. */
  Session begin(SessionInfo info, Optional<ResumeToken> token, Connection connection) {
    var session = new Session(info, 1, connection, this);
    session.become(SessionState.ACTIVE);
    connection.open(session);
    Optional<Session> older = registry.add(session);
    older.ifPresent(
        other -> other.end(CloseCode.REPLACED, "the same user and device has connected again"));
    begun.increment();
    journal.started(start(session, token, older.map(other -> other.info().id())));
    listeners.created(session);
    return session;
  }

  private SessionStart start(Session session, Optional<ResumeToken> token, Optional<UUID> older) {
    SessionInfo info = session.info();
    return new SessionStart(
        info.id(),
        session.epoch(),
        info.user(),
        info.device(),
        info.clientName(),
        info.clientVersion(),
        info.platform(),
        info.transport(),
        info.remoteAddress(),
        home.node(),
        info.attributes(),
        info.startedAt(),
        token.map(ResumeToken::hash),
        older);
  }

  /**
   * A client has its session of before again; the database has said so. On the connection's event
   * loop. The result is over already if a later attach of the same session came in between.
   */
  Session resume(SessionInfo info, int epoch, Connection connection) {
    var session = new Session(info, epoch, connection, this);
    session.become(SessionState.ACTIVE);
    connection.open(session);
    Session older = registry.add(session).orElse(null);
    if (older == session) {
      letGo(session, CloseCode.MOVED, GOES_ON);
      return session;
    }
    if (older != null && older.info().id().equals(info.id())) {
      older.onLoop(() -> overtake(older, session));
    } else if (older != null) {
      older.end(CloseCode.REPLACED, "the same user and device has connected again");
    }
    listeners.resumed(session);
    return session;
  }

  /** The earlier attach did not know yet that its connection was lost. On its event loop. */
  private void overtake(Session older, Session session) {
    if (older.state() == SessionState.ACTIVE) {
      letGo(older, CloseCode.MOVED, GOES_ON);
      Traffic moved = older.traffic();
      session.onLoop(() -> session.carry(moved));
    }
  }

  /** The database attached a session for a client that went away meanwhile. Any thread. */
  void giveBack(UUID id, int epoch, String user, String device) {
    // If it holds the session by another connection, that one is no longer the session's: what is
    // sent to the session would not come to it.
    registry
        .find(id)
        .filter(older -> older.epoch() < epoch)
        .ifPresent(older -> older.onLoop(() -> letGo(older, CloseCode.MOVED, GOES_ON)));
    journal.detached(
        new SessionDetach(
            id,
            epoch,
            user,
            device,
            clock.instant(),
            Resumes.close(CloseCode.CONNECTION_LOST, "the connection was lost before its Welcome"),
            new Traffic(0, 0, 0, 0),
            home.config().grace(),
            false));
  }

  /** Whether a session can be resumed after its connection ended like this. */
  static boolean outlives(CloseCode code) {
    return switch (code) {
      case CONNECTION_LOST, LIVENESS_TIMEOUT, SLOW_CONSUMER, SHUTTING_DOWN, DRAINING -> true;
      default -> false;
    };
  }

  /** The one end of a session, or of its connection. On the session's event loop. */
  void end(Session session, CloseCode code, String message) {
    if (session.state() != SessionState.ACTIVE) {
      return;
    }
    if (home.config().resumable() && outlives(code)) {
      detach(session, code, message);
      return;
    }
    takeDown(session, SessionState.CLOSED, code, message);
    over.increment();
    SessionEnd end = ended(session, code, message);
    journal.ended(end);
    listeners.destroyed(session, end);
  }

  private void detach(Session session, CloseCode code, String message) {
    takeDown(session, SessionState.DETACHED, code, message);
    detached.increment();
    journal.detached(
        new SessionDetach(
            session.info().id(),
            session.epoch(),
            session.info().user(),
            session.info().device(),
            clock.instant(),
            Resumes.close(code, message),
            session.traffic(),
            home.config().grace(),
            session.heard()));
    listeners.detached(session);
  }

  /** As {@link Session#letGo}. On the session's event loop. */
  void letGo(Session session, CloseCode code, String message) {
    if (session.state() != SessionState.ACTIVE) {
      return;
    }
    takeDown(session, SessionState.CLOSED, code, message);
    // With NODE_LOST another process is the node now, and has detached the session.
    if (code == CloseCode.MOVED || code == CloseCode.NODE_LOST) {
      listeners.detached(session);
    } else {
      over.increment();
      SessionEnd end = ended(session, code, message);
      listeners.destroyed(session, end);
    }
  }

  private void takeDown(Session session, SessionState next, CloseCode code, String message) {
    session.become(next);
    registry.remove(session);
    session.connection().close(code, message, 0);
    session.abandon("the session ended: " + code.name());
    log.debug("{} {}: {} {}", session, next, code, message);
  }

  private SessionEnd ended(Session session, CloseCode code, String message) {
    return new SessionEnd(
        session.info().id(),
        session.epoch(),
        session.info().user(),
        session.info().device(),
        clock.instant(),
        code.getNumber(),
        code.name(),
        message,
        session.traffic());
  }
}
