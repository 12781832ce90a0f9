package io.trunkline.gateway.session;

import io.trunkline.protocol.v1.Ack;

/**
 * A message that waits for its session's acknowledgement. Called on the session's event loop, once.
 */
public interface PendingAck {

  void acknowledged(Session session, Ack ack);

  /** No acknowledgement will come any more; {@code why} is for the publisher. */
  void missed(Session session, String why);
}
