package io.trunkline.persistence;

import io.trunkline.persistence.StepStatements.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Puts dead messages back. */
final class RetryStatements {
  private static final String RETRY =
      """
      update trunkline.message m
      set state = 'PENDING', attempts = 0, next_look_at = '-infinity', settled_at = null,
        settled_session = null, settled_device = null, settled_node = null, settled_detail = null
      from trunkline.stream s
      where s.kind = ? and s.name = ? and s.epoch = ? and m.stream_id = s.id and m."offset" = ?
        and m.state = 'DEAD' and not m.many
      returning m.message_id
      """;

  private RetryStatements() {}

  static boolean retry(Connection connection, StreamKey stream, long epoch, long offset, String by)
      throws SQLException {
    String messageId;
    try (PreparedStatement update = connection.prepareStatement(RETRY)) {
      update.setString(1, stream.kind().name());
      update.setString(2, DatabaseText.clean(stream.name()));
      update.setLong(3, epoch);
      update.setLong(4, offset);
      try (ResultSet row = update.executeQuery()) {
        if (!row.next()) {
          return false;
        }
        messageId = row.getString("message_id");
      }
    }
    StepStatements.insert(
        connection,
        List.of(
            new Entry(
                new DeliveryStep(
                    stream,
                    epoch,
                    offset,
                    messageId,
                    DeliveryStep.Kind.RETRIED,
                    Instant.now(),
                    "",
                    Optional.empty(),
                    Optional.of(stream.name()),
                    Optional.empty(),
                    0,
                    "by " + by),
                null,
                null)));
    return true;
  }
}
