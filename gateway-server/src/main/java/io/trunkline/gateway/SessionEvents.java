package io.trunkline.gateway;

import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.SessionEvent;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionStart;
import io.trunkline.protocol.v1.CloseCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells subscribers what happened to sessions, after it stands in the database: who then asks there
 * finds it. On the journal's thread.
 */
final class SessionEvents implements SessionJournal.Listener {
  private final String node;
  private final JmsBridge bridge;

  SessionEvents(String node, JmsBridge bridge) {
    this.node = node;
    this.bridge = bridge;
  }

  @Override
  public void written(List<SessionStart> started, List<SessionEnd> ended) {
    List<SessionEvent> events = new ArrayList<>(started.size() + ended.size());
    for (SessionStart start : started) {
      events.add(
          new SessionEvent(
              SessionEvent.Kind.CONNECTED,
              start.id().toString(),
              start.user(),
              start.device(),
              node,
              start.startedAt(),
              Optional.empty(),
              Optional.empty()));
    }
    for (SessionEnd end : ended) {
      events.add(
          new SessionEvent(
              end.closeCode() == CloseCode.KICKED_VALUE
                  ? SessionEvent.Kind.KICKED
                  : SessionEvent.Kind.DISCONNECTED,
              end.id().toString(),
              end.user(),
              end.device(),
              node,
              end.endedAt(),
              Optional.of(end.closeCode()),
              Optional.of(end.closeName() + ": " + end.reason())));
    }
    bridge.events(events);
  }
}
