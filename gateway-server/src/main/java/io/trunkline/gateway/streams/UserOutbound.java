package io.trunkline.gateway.streams;

import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.EncodedFrame;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.gateway.transport.Outbound;
import io.trunkline.persistence.StoredMessage;
import java.util.List;
import java.util.Optional;

/** A stored message on its way to one of its user's sessions. */
final class UserOutbound implements Outbound {
  private final Connection connection;
  private final StoredMessage stored;
  private final EncodedFrame frame;

  UserOutbound(Connection connection, StoredMessage stored, EncodedFrame frame) {
    this.connection = connection;
    this.stored = stored;
    this.frame = frame;
  }

  private static Optional<UserCursor> cursor(Connection connection) {
    return SessionCursors.of(connection.owner()).map(SessionCursors::user);
  }

  @Override
  public EncodedFrame frame() {
    return frame;
  }

  @Override
  public boolean forAll() {
    return false;
  }

  @Override
  public List<Connection> recipients(Lane lane) {
    return List.of(connection);
  }

  @Override
  public boolean admits(Connection to) {
    return cursor(to).map(cursor -> cursor.admits(stored)).orElse(false);
  }

  /** It waits in the database. */
  @Override
  public boolean mayWait() {
    return false;
  }

  @Override
  public boolean tracked() {
    return true;
  }

  @Override
  public void written(Connection to) {
    cursor(to).ifPresent(cursor -> cursor.written(stored));
  }

  @Override
  public void dropped(Connection to, Drop why) {
    if (why == Drop.SLOW) {
      cursor(to).ifPresent(UserCursor::noRoom);
    }
  }

  @Override
  public void done() {}
}
