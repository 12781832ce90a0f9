package io.trunkline.gateway;

import io.trunkline.jms.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL with an owner of databases who has a password. {@link #shared} is one for all
 * fixtures, each of which has a database of its own in it; it ends with the JVM.
 */
final class TestServer implements AutoCloseable {
  static final String OWNER = "trunkline";
  static final String PASSWORD = "owner-password";

  private final EmbeddedPostgres server;
  private final AtomicInteger databases = new AtomicInteger();

  TestServer(Path folder) throws IOException, SQLException {
    Path data = folder.resolve("pg-data");
    server = EmbeddedPostgres.builder().setDataDirectory(data).setPort(FreePorts.take()).start();
    Files.writeString(
        data.resolve("pg_hba.conf"),
        """
        local all all trust
        host all postgres 127.0.0.1/32 trust
        host all all 127.0.0.1/32 scram-sha-256
        """);
    execute("SELECT pg_reload_conf()");
    execute("CREATE ROLE %s LOGIN CREATEROLE PASSWORD '%s'".formatted(OWNER, PASSWORD));
    connectOnce();
  }

  /** With the password, for as long as it takes: a node's first connection has but a moment. */
  private void connectOnce() throws SQLException {
    DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port()), OWNER, PASSWORD)
        .close();
  }

  private static final class Shared {
    private static final TestServer SERVER = start();

    private static TestServer start() {
      try {
        return new TestServer(Files.createTempDirectory("trunkline-pg"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Started when first asked for. */
  static TestServer shared() {
    return Shared.SERVER;
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Makes a database and returns its name. */
  String newDatabase() throws SQLException {
    String name = "trunkline_" + databases.incrementAndGet();
    execute("CREATE DATABASE %s OWNER %s".formatted(name, OWNER));
    return name;
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
