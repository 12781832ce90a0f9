package io.trunkline.persistence;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code trunkline.message m} with its {@code trunkline.stream s}. */
record MessageRow(long streamId, StoredMessage stored) {
  private static final String COLUMNS =
      """
      s.kind, s.name, s.epoch, m.stream_id, m."offset", m.message_id, m.publication, m.device,
      m.session_id, m.selector, m.expected, m.type, m.content_type, m.conflation_key, m.priority,
      m.published_at, m.expires_at, m.reply_to, m.correlation_id, m.state, m.attempts, m.stored_at,
      """;

  /** What {@link #of} reads. */
  static final String WITH_PAYLOAD = COLUMNS + "m.payload";

  /** The same with an empty payload, for those who only ask what became of it. */
  static final String WITHOUT_PAYLOAD = COLUMNS + "''::bytea as payload";

  static MessageRow of(ResultSet row) throws SQLException {
    NewMessage message =
        new NewMessage(
            new StreamKey(StreamKey.Kind.valueOf(row.getString("kind")), row.getString("name")),
            row.getString("message_id"),
            row.getString("publication"),
            new Recipients(
                Optional.ofNullable(row.getString("device")),
                Optional.ofNullable(row.getObject("session_id", UUID.class)),
                Optional.ofNullable(row.getString("selector"))),
            Expected.valueOf(row.getString("expected")),
            row.getString("type"),
            row.getString("content_type"),
            row.getBytes("payload"),
            Optional.ofNullable(row.getString("conflation_key")),
            row.getInt("priority"),
            time(row, "published_at"),
            Optional.ofNullable(nullableTime(row, "expires_at")),
            Optional.ofNullable(row.getString("reply_to"))
                .map(to -> new ReplyAddress(to, correlationId(row))));
    return new MessageRow(
        row.getLong("stream_id"),
        new StoredMessage(
            message,
            row.getLong("epoch"),
            row.getLong("offset"),
            MessageState.valueOf(row.getString("state")),
            row.getInt("attempts"),
            time(row, "stored_at")));
  }

  private static String correlationId(ResultSet row) {
    try {
      return row.getString("correlation_id");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<MessageRow> list(PreparedStatement query) throws SQLException {
    try (ResultSet result = query.executeQuery()) {
      List<MessageRow> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(of(result));
      }
      return rows;
    }
  }

  static List<StoredMessage> stored(PreparedStatement query) throws SQLException {
    return list(query).stream().map(MessageRow::stored).toList();
  }

  static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static @Nullable Instant nullableTime(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  NewMessage message() {
    return stored.message();
  }

  StreamKey stream() {
    return stored.message().stream();
  }

  Place place() {
    return new Place(streamId, stored.offset());
  }

  /** What names a row. Locks are always taken in this order. */
  record Place(long streamId, long offset) {}
}
