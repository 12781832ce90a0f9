package io.trunkline.systemtest.cluster;

import io.trunkline.systemtest.installation.Installation;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the database says of sessions, whoever wrote it. */
final class SessionTable {
  private final String url;
  private final String password;

  SessionTable(Installation installation) throws IOException {
    this.url = installation.databaseUrl();
    this.password = installation.secret("postgres-trunkline");
  }

  /**
   * A session that has not ended.
   *
   * @param node that holds it, or held it last
   */
  record Row(String state, String node, int epoch) {}

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "trunkline", password);
  }

  /** Empty: it has ended, or never was. */
  Optional<Row> living(String id) throws SQLException {
    try (Connection connection = connect();
        var query =
            connection.prepareStatement(
                "SELECT state, node_id, epoch FROM trunkline.live_session WHERE id = ?")) {
      query.setObject(1, UUID.fromString(id));
      try (var row = query.executeQuery()) {
        return row.next()
            ? Optional.of(new Row(row.getString(1), row.getString(2), row.getInt(3)))
            : Optional.empty();
      }
    }
  }

  /** The database's time. */
  Timestamp now() throws SQLException {
    try (Connection connection = connect();
        var query = connection.prepareStatement("SELECT clock_timestamp()");
        var row = query.executeQuery()) {
      row.next();
      return row.getTimestamp(1);
    }
  }

  /** What a node sent to these sessions since then, by the traces of messages. */
  List<String> sentBy(String node, Collection<String> ids, Timestamp since) throws SQLException {
    List<String> steps = new ArrayList<>();
    try (Connection connection = connect();
        var query =
            connection.prepareStatement(
                """
                SELECT concat_ws(' ', at, message_id, step, user_id, session_id, detail)
                FROM report.delivery_trace
                WHERE node_id = ? AND session_id = ANY (?) AND at > ? AND step = 'SENT'
                """)) {
      query.setString(1, node);
      query.setArray(
          2, connection.createArrayOf("uuid", ids.stream().map(UUID::fromString).toArray()));
      query.setTimestamp(3, since);
      try (var row = query.executeQuery()) {
        while (row.next()) {
          steps.add(row.getString(1));
        }
      }
    }
    return steps;
  }
}
