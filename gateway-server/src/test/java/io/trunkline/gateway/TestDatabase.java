package io.trunkline.gateway;

import io.trunkline.persistence.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A real PostgreSQL with an owner that has a password. */
final class TestDatabase implements AutoCloseable {
  private static final String OWNER = "trunkline";
  private static final String PASSWORD = "owner-password";

  private final EmbeddedPostgres server;

  TestDatabase(Path folder) throws IOException, SQLException {
    Path data = folder.resolve("pg-data");
    server = EmbeddedPostgres.builder().setDataDirectory(data).start();
    Files.writeString(
        data.resolve("pg_hba.conf"),
        """
        local all all trust
        host all postgres 127.0.0.1/32 trust
        host all all 127.0.0.1/32 scram-sha-256
        """);
    execute("SELECT pg_reload_conf()");
    execute("CREATE ROLE %s LOGIN CREATEROLE PASSWORD '%s'".formatted(OWNER, PASSWORD));
    execute("CREATE DATABASE trunkline OWNER " + OWNER);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  DatabaseConfig config() {
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:%d/trunkline".formatted(server.getPort()),
        OWNER,
        PASSWORD,
        4,
        Duration.ofSeconds(2));
  }

  /** From now on nobody gets in or stays in. */
  void lockOut() throws SQLException {
    execute("ALTER DATABASE trunkline ALLOW_CONNECTIONS false");
    execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'trunkline'");
  }

  void letIn() throws SQLException {
    execute("ALTER DATABASE trunkline ALLOW_CONNECTIONS true");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
