package io.trunkline.gateway;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionNews;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Command;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.SessionEvent;
import io.trunkline.jms.SessionEvent.Kind;
import io.trunkline.persistence.ClosedSession;
import io.trunkline.persistence.SessionClose;
import io.trunkline.persistence.SessionDetach;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionResumption;
import io.trunkline.persistence.SessionStart;
import io.trunkline.protocol.v1.CloseCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells subscribers what happened to sessions, after it stands in the database: who then asks there
 * finds it. Tells the other nodes what is no longer theirs. Any thread; does not block.
 */
final class SessionEvents implements SessionJournal.Listener, SessionNews {
  private static final Logger log = LoggerFactory.getLogger(SessionEvents.class);

  private final String node;
  private final JmsBridge bridge;
  private final SessionRegistry registry;
  private final Executor blocking;

  SessionEvents(String node, JmsBridge bridge, SessionRegistry registry, Executor blocking) {
    this.node = node;
    this.bridge = bridge;
    this.registry = registry;
    this.blocking = blocking;
  }

  @Override
  public void written(List<SessionStart> started, List<SessionEnd> ended) {
    List<SessionEvent> events = new ArrayList<>(started.size() + ended.size());
    for (SessionStart start : started) {
      events.add(
          event(Kind.CONNECTED, start.id(), start.user(), start.device(), start.startedAt(), null));
    }
    for (SessionEnd end : ended) {
      var close = new SessionClose(end.closeCode(), end.closeName(), end.reason());
      events.add(event(endOf(close), end.id(), end.user(), end.device(), end.endedAt(), close));
    }
    bridge.events(events);
  }

  @Override
  public void detached(List<SessionDetach> detached) {
    bridge.events(
        detached.stream()
            .map(
                lost ->
                    event(
                        Kind.DETACHED,
                        lost.id(),
                        lost.user(),
                        lost.device(),
                        lost.detachedAt(),
                        lost.lost()))
            .toList());
  }

  @Override
  public void replaced(List<ClosedSession> replaced) {
    closed(replaced);
  }

  @Override
  public void resumed(SessionResumption.Request request) {
    bridge.events(
        List.of(
            event(
                Kind.RESUMED, request.id(), request.user(), request.device(), request.at(), null)));
  }

  @Override
  public void moved(UUID session, int epoch) {
    command(
        new Command.LetGo(
            session,
            epoch - 1,
            CloseCode.MOVED_VALUE,
            "the session goes on over another connection"));
  }

  @Override
  public void closed(List<ClosedSession> sessions) {
    bridge.events(sessions.stream().map(closed -> event(endOf(closed.close()), closed)).toList());
    for (ClosedSession closed : sessions) {
      if (closed.connected()) {
        Optional<Session> here = registry.find(closed.id());
        here.ifPresent(session -> letGo(session, closed));
        if (here.isEmpty()) {
          command(
              new Command.LetGo(
                  closed.id(), closed.epoch(), closed.close().code(), closed.close().reason()));
        }
      }
    }
  }

  private static void letGo(Session session, ClosedSession closed) {
    CloseCode code = CloseCode.forNumber(closed.close().code());
    if (code != null && session.epoch() <= closed.epoch()) {
      session.letGo(code, closed.close().reason());
    }
  }

  @Override
  public void detachedOnDeadNodes(List<ClosedSession> sessions) {
    bridge.events(sessions.stream().map(lost -> event(Kind.DETACHED, lost)).toList());
  }

  /** Not waited for: a node that does not hear it is fenced by the epoch in what it writes. */
  private void command(Command command) {
    blocking.execute(
        () -> {
          try {
            bridge.command(command);
          } catch (BrokerUnavailableException e) {
            log.warn("other nodes could not be told {}: {}", command, e.getMessage());
          }
        });
  }

  private static Kind endOf(SessionClose close) {
    return close.code() == CloseCode.KICKED_VALUE ? Kind.KICKED : Kind.DISCONNECTED;
  }

  private SessionEvent event(Kind kind, ClosedSession session) {
    return event(
        kind, session.id(), session.user(), session.device(), session.at(), session.close());
  }

  private SessionEvent event(
      Kind kind, UUID id, String user, String device, Instant at, @Nullable SessionClose close) {
    Optional<SessionClose> why = Optional.ofNullable(close);
    return new SessionEvent(
        kind,
        id.toString(),
        user,
        device,
        node,
        at,
        why.map(SessionClose::code),
        why.map(c -> c.name() + ": " + c.reason()));
  }
}
