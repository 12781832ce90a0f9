package io.trunkline.gateway.transport;

import org.jspecify.annotations.Nullable;

/** A message on its way to one connection of a lane, or to all of them. */
public interface Outbound {

  /** The lane releases it once when it is done. */
  EncodedFrame frame();

  /** The one connection it is for; null: all open connections of the lane. */
  @Nullable Connection only();

  /** Whether {@link #written} wants to be told; a plain broadcast spares the calls. */
  boolean tracked();

  /** Written to the connection (not yet: received by the client). Event loop. */
  void written(Connection connection);

  /** Not written: the connection is too slow, or gone. Event loop. */
  void dropped(Connection connection, Drop why);

  /** The lane has dealt with it for all its connections. Event loop; must not throw. */
  void done();

  /** Why a message did not go to a connection. */
  enum Drop {
    /** Too many bytes wait for the client already. */
    SLOW,
    /** The connection has been closed meanwhile. */
    CLOSED
  }
}
