package io.trunkline.gateway.session;

import io.trunkline.persistence.ClosedSession;
import io.trunkline.persistence.SessionResumption;
import java.util.List;
import java.util.UUID;

/**
 * Is told what happened to sessions in the database, to pass it on: to who listens, and to the
 * nodes that may still hold a connection. Any thread; must not throw, and may block.
 */
public interface SessionNews {

  /** The session has a connection again, here. */
  void resumed(SessionResumption.Request request);

  /** The session went on here under this epoch; another node still holds a lower one. */
  void moved(UUID session, int epoch);

  /** These are over; another node, or this one, may still hold their connection. */
  void closed(List<ClosedSession> sessions);

  /** These have lost their connection with their node, and may be resumed. */
  void detachedOnDeadNodes(List<ClosedSession> sessions);
}
