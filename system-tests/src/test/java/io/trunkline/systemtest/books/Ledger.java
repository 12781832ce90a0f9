package io.trunkline.systemtest.books;

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

/** What the database says became of the messages. */
final class Ledger {
  private final String url;
  private final String password;

  Ledger(Installation installation) throws IOException {
    this.url = installation.reports().jdbcUrl();
    this.password = installation.secret("postgres-trunkline");
  }

  /**
   * A stored message.
   *
   * @param user empty: in a stream for many
   */
  record Entry(String messageId, String user, long epoch, long offset, String state) {}

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "trunkline", password);
  }

  /** All of a run, some perhaps several times if they were stored several times. */
  List<Entry> entries(String idPrefix) throws SQLException {
    return rows(
        """
        SELECT m.message_id, CASE s.kind WHEN 'USER' THEN s.name ELSE '' END, s.epoch, m."offset",
          m.state
        FROM trunkline.message m JOIN trunkline.stream s ON s.id = m.stream_id
        WHERE starts_with(m.message_id, ?)
        """,
        idPrefix,
        row ->
            new Entry(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getString(5)));
  }

  /** How many of its outcomes a message's trace names; only those of user streams. */
  Map<String, List<String>> outcomes(String idPrefix) throws SQLException {
    Map<String, List<String>> found = new HashMap<>();
    for (String[] row :
        rows(
            """
            SELECT message_id, step FROM report.delivery_trace
            WHERE starts_with(message_id, ?) AND stream_kind = 'USER'
              AND step IN ('STORED', 'DELIVERED', 'REPLIED', 'EXPIRED', 'DEAD', 'CONFLATED', 'FAILED')
            """,
            idPrefix,
            row -> new String[] {row.getString(1), row.getString(2)})) {
      found.computeIfAbsent(row[0], id -> new ArrayList<>()).add(row[1]);
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
        Publisher.ABSENT);
  }

  /** Of those who have none, what should have expired. */
  long overdueOfAbsent() throws SQLException {
    return count(
        """
        SELECT count(*) FROM trunkline.message m JOIN trunkline.stream s ON s.id = m.stream_id
        WHERE m.state = 'PENDING' AND s.kind = 'USER' AND starts_with(s.name, ?)
          AND m.expires_at IS NOT NULL
        """,
        Publisher.ABSENT);
  }

  /** Receipts that the broker has not taken yet. */
  long receiptsWaiting() throws SQLException {
    return count("SELECT count(*) FROM trunkline.receipt WHERE ? <> ''", "all");
  }

  private long count(String sql, String parameter) throws SQLException {
    return rows(sql, parameter, row -> row.getLong(1)).getFirst();
  }

  /** The steps of a message, one a line, as a report writer reads them. */
  List<String> trace(String messageId) throws SQLException {
    return rows(
        """
        SELECT concat_ws(' ', at, step, node_id, stream_kind, stream_name, stream_epoch, stream_offset,
          user_id, device_id, session_id, attempt, detail)
        FROM report.delivery_trace WHERE message_id = ? ORDER BY step <> 'STORED', at, step_id
        """,
        messageId,
        row -> row.getString(1));
  }

  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> List<T> rows(String sql, String parameter, Reader<T> reader) throws SQLException {
    try (Connection connection = connect();
        var query = connection.prepareStatement(sql)) {
      query.setString(1, parameter);
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
