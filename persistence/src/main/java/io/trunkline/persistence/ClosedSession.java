package io.trunkline.persistence;

import java.time.Instant;
import java.util.UUID;

/**
 * A session that was changed in the database and not by the node that holds it: it is in history
 * now, or {@link SessionResumption#detachOfDeadNodes detached}.
 *
 * @param node the one that held it last
 * @param connected a node may still hold a connection of it
 */
public record ClosedSession(
    UUID id,
    int epoch,
    String user,
    String device,
    String node,
    boolean connected,
    Instant at,
    SessionClose close) {

  /** From the columns id, epoch, user_id, device_id, node_id, connected, at, code, name, reason. */
  static ClosedSession of(Object[] row) {
    return new ClosedSession(
        (UUID) row[0],
        (Integer) row[1],
        (String) row[2],
        (String) row[3],
        (String) row[4],
        (Boolean) row[5],
        (Instant) row[6],
        new SessionClose((Integer) row[7], (String) row[8], (String) row[9]));
  }
}
