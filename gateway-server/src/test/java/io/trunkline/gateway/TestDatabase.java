package io.trunkline.gateway;

import io.trunkline.persistence.DatabaseConfig;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/** An empty database of a real PostgreSQL. */
final class TestDatabase {
  private final TestServer server;
  private final String name;

  TestDatabase(TestServer server) throws SQLException {
    this.server = server;
    this.name = server.newDatabase();
  }

  DatabaseConfig config() {
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server.port(), name),
        TestServer.OWNER,
        TestServer.PASSWORD,
        4,
        Duration.ofSeconds(2));
  }

  /** From now on nobody gets in or stays in. */
  void lockOut() throws SQLException {
    server.execute("ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(name));
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'"
            .formatted(name));
  }

  void letIn() throws SQLException {
    server.execute("ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(name));
  }

  /** Stops its server. */
  void stop() throws IOException {
    server.close();
  }
}
