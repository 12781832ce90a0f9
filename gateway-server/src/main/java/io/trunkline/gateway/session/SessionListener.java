package io.trunkline.gateway.session;

import io.trunkline.persistence.SessionEnd;

/**
 * Is told what happens to sessions, on the session's event loop: it must return at once and must
 * not throw; what takes longer it hands to a thread of its own.
 */
public interface SessionListener {

  /** A session has begun; Welcome is not sent yet. */
  default void created(Session session) {}

  /** A detached session has a connection again. */
  default void resumed(Session session) {}

  /** A session is over. */
  default void destroyed(Session session, SessionEnd end) {}
}
