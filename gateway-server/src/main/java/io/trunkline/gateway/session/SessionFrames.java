package io.trunkline.gateway.session;

import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Refresh;
import io.trunkline.protocol.v1.Subscribe;
import io.trunkline.protocol.v1.Unsubscribe;

/** What a session's frames ask for. Called on the session's event loop; must not block. */
public interface SessionFrames {
  /** What takes the session's requests; asked for once, when the first comes. */
  Requests requests(Session session);

  /** One session's requests. */
  interface Requests {
    void take(RequestFrame request);
  }

  /** An acknowledgement that no message waited for. */
  void strayAck(Session session, Ack ack);

  void refresh(Session session, Refresh refresh);

  void subscribe(Session session, Subscribe subscribe);

  void unsubscribe(Session session, Unsubscribe unsubscribe);
}
