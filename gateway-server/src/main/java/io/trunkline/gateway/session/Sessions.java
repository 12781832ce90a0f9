package io.trunkline.gateway.session;

import io.trunkline.gateway.transport.Connection;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionStart;
import io.trunkline.persistence.Traffic;
import io.trunkline.protocol.v1.CloseCode;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins and ends sessions, and tells registry, journal and listeners. */
public final class Sessions {
  private static final Logger log = LoggerFactory.getLogger(Sessions.class);

  private final String node;
  private final SessionRegistry registry;
  private final SessionJournal journal;
  private final List<SessionListener> listeners;
  private final InstantSource clock;
  private final LongAdder begun = new LongAdder();
  private final LongAdder over = new LongAdder();

  public Sessions(
      String node,
      SessionRegistry registry,
      SessionJournal journal,
      List<SessionListener> listeners,
      InstantSource clock) {
    this.node = node;
    this.registry = registry;
    this.journal = journal;
    this.listeners = List.copyOf(listeners);
    this.clock = clock;
  }

  /** Sessions begun since the start. */
  public long begun() {
    return begun.sum();
  }

  /** Sessions ended since the start. */
  public long over() {
    return over.sum();
  }

  /** A verified client has its session now. On the connection's event loop. */
  Session begin(SessionInfo info, Connection connection) {
    var session = new Session(info, 1, connection, this);
    session.become(SessionState.ACTIVE);
    connection.open(session);
    registry
        .add(session)
        .ifPresent(
            older -> older.end(CloseCode.REPLACED, "the same user and device has connected again"));
    begun.increment();
    journal.started(
        new SessionStart(
            info.id(),
            session.epoch(),
            info.user(),
            info.device(),
            info.clientName(),
            info.clientVersion(),
            info.platform(),
            info.transport(),
            info.remoteAddress(),
            node,
            info.attributes(),
            info.startedAt()));
    listeners.forEach(listener -> listener.created(session));
    return session;
  }

  /** The one end of a session; a second call does nothing. On the session's event loop. */
  void end(Session session, CloseCode code, String message) {
    if (session.state() == SessionState.CLOSED) {
      return;
    }
    session.become(SessionState.CLOSED);
    registry.remove(session);
    Connection connection = session.connection();
    connection.close(code, message, 0);
    session.abandon("the session ended: " + code.name());
    over.increment();
    var end =
        new SessionEnd(
            session.info().id(),
            session.epoch(),
            session.info().user(),
            session.info().device(),
            clock.instant(),
            code.getNumber(),
            code.name(),
            message,
            new Traffic(
                connection.bytesIn(),
                connection.bytesOut(),
                session.messagesIn(),
                connection.messagesOut()));
    journal.ended(end);
    log.debug("{} ended: {} {}", session, code, message);
    listeners.forEach(listener -> listener.destroyed(session, end));
  }
}
