package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Sight.Place;
import io.trunkline.systemtest.installation.Installation;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the database says became of the messages. */
final class Ledger {
  private final String url;
  private final String password;

  Ledger(Installation installation) throws IOException {
    this.url = installation.databaseUrl();
    this.password = installation.secret("postgres-trunkline");
  }

  /**
   * A stored message.
   *
   * @param kind of its stream: USER, TOPIC or BROADCAST
   * @param name of its stream
   * @param state GONE: it was stored, and its row is not there any more
   */
  record Entry(String messageId, String kind, String name, long epoch, long offset, String state) {
    /** As the user's client names it. */
    Place place() {
      String stream =
          switch (kind) {
            case "USER" -> "user";
            case "TOPIC" -> "topic:" + name;
            default -> "broadcast";
          };
      return new Place(stream, epoch, offset);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "trunkline", password);
  }

  /** All of a run, some perhaps several times if they were stored several times. */
  List<Entry> entries(String idPrefix) throws SQLException {
    return rows(
        """
        SELECT coalesce(m.message_id, d.message_id), coalesce(m.kind, d.stream_kind),
          coalesce(m.name, d.stream_name), coalesce(m.epoch, d.stream_epoch),
          coalesce(m."offset", d.stream_offset), coalesce(m.state, 'GONE')
        FROM (SELECT m.*, s.kind, s.name, s.epoch
            FROM trunkline.message m JOIN trunkline.stream s ON s.id = m.stream_id
            WHERE starts_with(m.message_id, ?)) m
          FULL JOIN (SELECT * FROM report.delivery_trace
            WHERE starts_with(message_id, ?) AND step = 'STORED') d
          ON d.message_id = m.message_id AND d.stream_kind = m.kind AND d.stream_name = m.name
            AND d.stream_epoch = m.epoch AND d.stream_offset = m."offset"
        """,
        row ->
            new Entry(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getString(6)),
        idPrefix,
        idPrefix);
  }

  /** What its trace names, each as often as it does: that it was stored, and how it ended. */
  Map<String, List<String>> outcomes(String idPrefix) throws SQLException {
    Map<String, List<String>> found = new HashMap<>();
    for (String[] row :
        rows(
            """
            SELECT message_id, step FROM report.delivery_trace
            WHERE starts_with(message_id, ?) AND step IN
              ('STORED', 'DELIVERED', 'REPLIED', 'EXPIRED', 'DEAD', 'CONFLATED', 'FAILED', 'CLOSED')
            """,
            row -> new String[] {row.getString(1), row.getString(2)},
            idPrefix)) {
      found.computeIfAbsent(row[0], id -> new ArrayList<>()).add(row[1]);
    }
    return found;
  }

  /** Ids of messages with this ending of which anything at all is in the database. */
  Set<String> traces(String idPrefix, String idEnd) throws SQLException {
    return Set.copyOf(
        rows(
            """
            SELECT message_id FROM trunkline.message WHERE message_id LIKE ?
            UNION SELECT message_id FROM trunkline.delivery_step WHERE message_id LIKE ?
            """,
            row -> row.getString(1),
            idPrefix + "%" + idEnd,
            idPrefix + "%" + idEnd));
  }

  /** Up to which offset streams for many were given up, by their names for clients. */
  Map<String, Long> givenUp() throws SQLException {
    Map<String, Long> found = new HashMap<>();
    for (Entry stream :
        rows(
            """
            SELECT kind, name, pruned_offset FROM trunkline.stream WHERE kind <> 'USER'
            """,
            row -> new Entry("", row.getString(1), row.getString(2), 0, row.getLong(3), ""))) {
      found.put(stream.place().stream(), stream.offset());
    }
    return found;
  }

  /** Messages that are not settled, of users who have a client. */
  long pendingOfUsers() throws SQLException {
    return count(
        """
        SELECT count(*) FROM trunkline.message m JOIN trunkline.stream s ON s.id = m.stream_id
        WHERE m.state = 'PENDING' AND s.kind = 'USER' AND NOT starts_with(s.name, ?)
        """,
        Mix.ABSENT);
  }

  /** Of those who have none, what should have expired. */
  long overdueOfAbsent() throws SQLException {
    return count(
        """
        SELECT count(*) FROM trunkline.message m JOIN trunkline.stream s ON s.id = m.stream_id
        WHERE m.state = 'PENDING' AND s.kind = 'USER' AND starts_with(s.name, ?)
          AND m.expires_at IS NOT NULL
        """,
        Mix.ABSENT);
  }

  /** Receipts that the broker has not taken yet. */
  long receiptsWaiting() throws SQLException {
    return count("SELECT count(*) FROM trunkline.receipt");
  }

  private long count(String sql, String... parameters) throws SQLException {
    return rows(sql, row -> row.getLong(1), parameters).getFirst();
  }

  /** The steps of a message, one a line, as a report writer reads them. */
  List<String> trace(String messageId) throws SQLException {
    return rows(
        """
        SELECT concat_ws(' ', at, step, node_id, stream_kind, stream_name, stream_epoch, stream_offset,
          user_id, device_id, session_id, attempt, detail)
        FROM report.delivery_trace WHERE message_id = ? ORDER BY step <> 'STORED', at, step_id
        """,
        row -> row.getString(1),
        messageId);
  }

  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> List<T> rows(String sql, Reader<T> reader, String... parameters) throws SQLException {
    try (Connection connection = connect();
        var query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        query.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = query.executeQuery()) {
        List<T> rows = new ArrayList<>();
        while (row.next()) {
          rows.add(reader.read(row));
        }
        return rows;
      }
    }
  }
}
