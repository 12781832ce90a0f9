package io.trunkline.gateway.transport;

import io.trunkline.protocol.v1.CloseCode;

/** Whose connection it is: the session. Called on the connection's event loop. */
public interface ConnectionOwner {

  /** The connection went away without anybody here having closed it. */
  void connectionLost(Connection connection);

  /** The client has taken what waited for it: more may be written. */
  default void writable(Connection connection) {}

  /** The connection must end, for this reason; the owner says so to the client and closes it. */
  void end(CloseCode code, String message);
}
