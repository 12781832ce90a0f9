package io.trunkline.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The trace. */
final class StepStatements {
  // The latency is the database's alone: nodes' clocks differ.
  private static final String INSERT =
      """
      insert into trunkline.delivery_step (stream_kind, stream_name, stream_epoch, stream_offset,
        message_id, step, at, node_id, session_id, user_id, device_id, attempt, detail, type,
        latency_ms)
      select kind, name, epoch, "offset", message_id, step, at, node, session, usr, device,
        nullif(attempt, 0), detail, type,
        case when stored_at is not null
          then greatest(0, extract(epoch from statement_timestamp() - stored_at) * 1000) end
      from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as r(kind, name, epoch, "offset",
        message_id, step, at, node, session, usr, device, attempt, detail, type, stored_at)
      """;

  // The id is what has an index. STORED comes first whatever the nodes' clocks say: its time is the
  // database's.
  private static final String TRACE =
      """
      select d.* from trunkline.message m
      join trunkline.stream s on s.id = m.stream_id
      join trunkline.delivery_step d on d.message_id = m.message_id and d.stream_kind = s.kind
        and d.stream_name = s.name and d.stream_epoch = s.epoch and d.stream_offset = m."offset"
      where s.kind = ? and s.name = ? and s.epoch = ? and m."offset" = ?
      order by d.step <> 'STORED', d.at, d.id
      limit ?
      """;

  private StepStatements() {}

  /**
   * A step as it is stored.
   *
   * @param type the message's; null where the step is neither STORED nor an outcome
   * @param storedAt of an outcome: when the message was stored
   */
  record Entry(DeliveryStep step, @Nullable String type, @Nullable Instant storedAt) {}

  static void insert(Connection connection, List<Entry> entries) throws SQLException {
    if (entries.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      new Columns<>(insert, entries)
          .text(e -> e.step().stream().kind().name())
          .text(e -> e.step().stream().name())
          .bigint(e -> e.step().epoch())
          .bigint(e -> e.step().offset())
          .text(e -> e.step().messageId())
          .text(e -> e.step().kind().name())
          .time(e -> e.step().at())
          .text(e -> e.step().node())
          .uuid(e -> e.step().session().orElse(null))
          .text(e -> e.step().user().orElse(null))
          .text(e -> e.step().device().orElse(null))
          .integer(e -> e.step().attempt())
          .text(e -> e.step().detail())
          .text(Entry::type)
          .time(Entry::storedAt);
      insert.executeUpdate();
    }
  }

  static List<DeliveryStep> trace(
      Connection connection, StreamKey stream, long epoch, long offset, int limit)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(TRACE)) {
      query.setString(1, stream.kind().name());
      query.setString(2, DatabaseText.clean(stream.name()));
      query.setLong(3, epoch);
      query.setLong(4, offset);
      query.setInt(5, limit);
      try (ResultSet row = query.executeQuery()) {
        List<DeliveryStep> steps = new ArrayList<>();
        while (row.next()) {
          steps.add(
              new DeliveryStep(
                  stream,
                  epoch,
                  offset,
                  row.getString("message_id"),
                  DeliveryStep.Kind.valueOf(row.getString("step")),
                  MessageRow.time(row, "at"),
                  row.getString("node_id"),
                  Optional.ofNullable(row.getObject("session_id", UUID.class)),
                  Optional.ofNullable(row.getString("user_id")),
                  Optional.ofNullable(row.getString("device_id")),
                  row.getInt("attempt"),
                  row.getString("detail")));
        }
        return steps;
      }
    }
  }
}
