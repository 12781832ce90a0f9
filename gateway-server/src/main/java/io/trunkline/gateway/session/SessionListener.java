package io.trunkline.gateway.session;

import io.trunkline.persistence.SessionEnd;

/**
 * Is told what happens to sessions, on the session's event loop: it must return at once and must
 * not throw; what takes longer it hands to a thread of its own. It is told of many sessions at a
 * time, and must be thread-safe. What it throws is logged and harms neither the session nor other
 * listeners.
 */
public interface SessionListener {

  /** A session has begun; Welcome is not sent yet, and it is not yet in the database. */
  default void created(Session session) {}

  /** A session of before has a connection again, this one; Welcome is not sent yet. */
  default void resumed(Session session) {}

  /**
   * A session has no connection here any more, and may go on with another, here or on another node.
   * If it ends without one, only the database and the event topic tell.
   */
  default void detached(Session session) {}

  /** A session is over. */
  default void destroyed(Session session, SessionEnd end) {}
}
