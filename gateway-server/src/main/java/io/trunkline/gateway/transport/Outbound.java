package io.trunkline.gateway.transport;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A message on its way to connections of a lane. */
public interface Outbound {

  /** The lane releases it once when it is done. */
  EncodedFrame frame();

  /**
   * For every open connection of the lane, whoever it is: such messages are joined into one write.
   */
  boolean forAll();

  /**
   * The connections of this lane that it is for, if not all. Event loop; called once, when all that
   * was submitted before has been written.
   */
  Collection<Connection> recipients(Lane lane);

  /**
   * Whether it may be written to this connection now; not asked of what is for all. What says no
   * must see to the message itself. Event loop.
   */
  default boolean admits(Connection connection) {
    return true;
  }

  /**
   * Whether it may wait for a slow client, and then give way to newer ones. What may not is {@link
   * #dropped} at once.
   */
  default boolean mayWait() {
    return true;
  }

  /** Of messages of one key that wait for a slow client, only the newest is kept; null: none. */
  default @Nullable String key() {
    return null;
  }

  /** Waits for a slow connection: {@link #written} or {@link #dropped} follow, then settled. */
  default void waits(Connection connection) {}

  /** What waited for this connection does not any more. Event loop; must not throw. */
  default void settled(Connection connection) {}

  /** Whether {@link #written} wants to be told; a plain broadcast spares the calls. */
  boolean tracked();

  /** Written to the connection (not yet: received by the client). Event loop. */
  void written(Connection connection);

  /**
   * What is not {@link #tracked} was written to so many connections of a lane together, without a
   * call of {@link #written} for each. Event loop.
   */
  default void writtenTogether(int connections) {}

  /** Not written: the connection is too slow, or gone. Event loop. */
  void dropped(Connection connection, Drop why);

  /** The lane has dealt with it for all its connections. Event loop; must not throw. */
  void done();

  /** Why a message did not go to a connection. */
  enum Drop {
    /** Too many bytes wait for the client already. */
    SLOW,
    /** A newer message of the same key took its place while the client was slow. */
    CONFLATED,
    /** The connection has been closed meanwhile. */
    CLOSED
  }
}
