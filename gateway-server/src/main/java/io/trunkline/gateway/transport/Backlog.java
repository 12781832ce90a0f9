package io.trunkline.gateway.transport;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a slow client besides what its socket has: passing messages, of which the oldest
 * gives way to the newest, and an older one of the same key at once. Made when a client is slow,
 * gone when it has caught up. Holds a reference to the frame of each message. Confined to the
 * connection's event loop.
 */
final class Backlog {
  private final Connection connection;
  private final ArrayDeque<Outbound> waiting = new ArrayDeque<>();
  private long bytes;

  Backlog(Connection connection) {
    this.connection = connection;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  /** Puts a message behind what waits already; what it takes the place of is dropped. */
  void offer(Outbound outbound) {
    int weight = outbound.frame().weightBytes();
    if (!connection.hasRoomFor((int) (weight - bytes))) {
      // Not even if all that waits gave way.
      connection.lane().drop(connection, outbound, Outbound.Drop.SLOW);
      return;
    }
    dropOlderOfKey(outbound.key());
    while (!connection.hasRoomFor(weight)) {
      Outbound oldest = poll();
      if (oldest == null) {
        break;
      }
      drop(oldest, Outbound.Drop.SLOW);
    }
    outbound.frame().retain();
    bytes += weight;
    waiting.add(outbound);
    outbound.waits(connection);
  }

  private void dropOlderOfKey(@Nullable String key) {
    if (key == null) {
      return;
    }
    for (Iterator<Outbound> each = waiting.iterator(); each.hasNext(); ) {
      Outbound older = each.next();
      if (key.equals(older.key())) {
        each.remove();
        bytes -= older.frame().weightBytes();
        drop(older, Outbound.Drop.CONFLATED);
        return;
      }
    }
  }

  /** Writes as much as the client takes, without a flush; returns whether anything. */
  boolean drain() {
    boolean any = false;
    while (connection.channel().isWritable()) {
      Outbound next = poll();
      if (next == null) {
        return any;
      }
      connection.lane().write(connection, next);
      settled(next);
      any = true;
    }
    return any;
  }

  /** The connection is over. */
  void clear() {
    for (Outbound next = poll(); next != null; next = poll()) {
      drop(next, Outbound.Drop.CLOSED);
    }
  }

  private @Nullable Outbound poll() {
    Outbound oldest = waiting.poll();
    if (oldest != null) {
      bytes -= oldest.frame().weightBytes();
    }
    return oldest;
  }

  private void drop(Outbound outbound, Outbound.Drop why) {
    connection.lane().drop(connection, outbound, why);
    settled(outbound);
  }

  private void settled(Outbound outbound) {
    outbound.frame().release();
    outbound.settled(connection);
  }
}
