package io.trunkline.systemtest;

import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Program;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads reports with the role and address that the installation gives for it. */
public final class ReportWriter {
  private static final Duration PSQL_TIMEOUT = Duration.ofMinutes(2);

  private final Installation installation;

  public ReportWriter(Installation installation) {
    this.installation = installation;
  }

  Connection connect() throws SQLException {
    Installation.Reports reports = installation.reports();
    return DriverManager.getConnection(reports.jdbcUrl(), reports.user(), reports.password());
  }

  /** Rows, their columns separated by {@code |}. */
  public List<String> query(String sql) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        var found = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (found.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          String value = found.getString(i);
          row.add(value == null ? "" : value);
        }
        rows.add(String.join("|", row));
      }
      return rows;
    }
  }

  /** The same through PostgreSQL's own client, with the address as printed. */
  List<String> psql(String sql) throws IOException, InterruptedException {
    try (Program psql =
        Program.start(
            installation.folder(),
            "psql",
            List.of(
                "psql",
                "--no-psqlrc",
                "--tuples-only",
                "--no-align",
                "--command=" + sql,
                installation.reports().address()))) {
      int exit = psql.awaitExit(PSQL_TIMEOUT);
      if (exit != 0) {
        throw new AssertionError("psql: " + exit + " " + psql.errors());
      }
      return psql.output();
    }
  }
}
