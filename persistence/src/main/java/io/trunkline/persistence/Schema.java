package io.trunkline.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/** The schema of module db-migrations: its versions, and the partitions of its history. */
final class Schema {
  private static final int MONTHS_AHEAD = 2;

  private static final List<History> HISTORIES =
      List.of(
          new History("session_history", "ended_at"),
          new History("delivery_step", "at"),
          new History("node_load_history", "minute"));

  /** A table with a partition for each month. */
  private record History(String table, String timeColumn) {}

  private Schema() {}

  static void migrate(DatabaseConfig config) throws DatabaseUnavailableException {
    // Not the pool's connections: a migration may take longer than a statement is allowed there.
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    try {
      dataSource.setUrl(config.url());
      Properties properties = Connections.properties(config);
      for (String name : properties.stringPropertyNames()) {
        dataSource.setProperty(name, properties.getProperty(name));
      }
      Flyway.configure()
          .dataSource(dataSource)
          .schemas("trunkline")
          .locations("classpath:db/migration")
          .load()
          .migrate();
    } catch (SQLException e) {
      throw Connections.unavailable(config, e);
    } catch (FlywayException e) {
      throw new DatabaseUnavailableException(
          "The schema of %s cannot be brought up to date: %s"
              .formatted(Connections.withoutPassword(config.url()), Connections.oneLine(e)),
          e);
    }
  }

  /**
   * @param keep how long history is kept; zero: for ever
   */
  static void tidyHistory(Connection connection, Duration keep) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (History history : HISTORIES) {
        statement.execute(
            "select trunkline.ensure_month_partitions('%s', '%s', %d)"
                .formatted(history.table(), history.timeColumn(), MONTHS_AHEAD));
        if (keep.isPositive()) {
          statement.execute(
              "select trunkline.drop_months_before('%s', '%s', now() - interval '%d seconds')"
                  .formatted(history.table(), history.timeColumn(), keep.toSeconds()));
        }
      }
    }
  }
}
