package io.trunkline.gateway.session;

import io.trunkline.persistence.SessionEnd;
import java.util.List;
import java.util.function.Consumer;

/** All listeners as one, in their order; what one of them throws harms nobody else. */
final class SessionListeners implements SessionListener {
  private record Guarded(SessionListener listener, FailureLog failures) {}

  private final List<Guarded> all;

  SessionListeners(List<SessionListener> listeners) {
    all =
        listeners.stream()
            .map(listener -> new Guarded(listener, new FailureLog(listener)))
            .toList();
  }

  @Override
  public void created(Session session) {
    tell("created", listener -> listener.created(session));
  }

  @Override
  public void resumed(Session session) {
    tell("resumed", listener -> listener.resumed(session));
  }

  @Override
  public void detached(Session session) {
    tell("detached", listener -> listener.detached(session));
  }

  @Override
  public void destroyed(Session session, SessionEnd end) {
    tell("destroyed", listener -> listener.destroyed(session, end));
  }

  private void tell(String event, Consumer<SessionListener> news) {
    for (Guarded each : all) {
      try {
        news.accept(each.listener());
      } catch (Throwable e) {
        // An error, too: a listener built against another version must not end sessions.
        each.failures().failed(event, e);
      }
    }
  }
}
