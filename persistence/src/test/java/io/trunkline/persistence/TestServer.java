package io.trunkline.persistence;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL for all tests of this module, with passwords as in real life. */
final class TestServer {
  static final String OWNER = "trunkline";
  static final String PASSWORD = "owner-password";

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = start();

  private TestServer() {}

  private static EmbeddedPostgres start() {
    try {
      Path data = Files.createTempDirectory("trunkline-pg");
      EmbeddedPostgres server = EmbeddedPostgres.builder().setDataDirectory(data).start();
      Files.writeString(
          data.resolve("pg_hba.conf"),
          """
          local all all trust
          host all postgres 127.0.0.1/32 trust
          host all all 127.0.0.1/32 scram-sha-256
          """);
      try (Connection connection = server.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_reload_conf()");
        statement.execute(
            "CREATE ROLE %s LOGIN CREATEROLE PASSWORD '%s'".formatted(OWNER, PASSWORD));
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static int port() {
    return SERVER.getPort();
  }

  /** A new database, owned by an ordinary user that may create roles. */
  static DatabaseConfig newDatabase() {
    String name = "trunkline_" + DATABASES.incrementAndGet();
    asAdmin("postgres", "CREATE DATABASE %s OWNER %s".formatted(name, OWNER));
    return config(port(), name);
  }

  private static final class Migrated {
    private static final String TEMPLATE = make();

    private static String make() {
      DatabaseConfig config = newDatabase();
      try (Database database = Database.open(config)) {
        database.migrate();
      } catch (DatabaseUnavailableException e) {
        throw new IllegalStateException(e);
      }
      return nameOf(config);
    }
  }

  /** As {@link #newDatabase}, with the schema: copied, which is quicker than made. */
  static DatabaseConfig migratedDatabase() {
    String name = "trunkline_" + DATABASES.incrementAndGet();
    asAdmin(
        "postgres",
        "CREATE DATABASE %s OWNER %s TEMPLATE %s".formatted(name, OWNER, Migrated.TEMPLATE));
    return config(port(), name);
  }

  static DatabaseConfig config(int port, String database) {
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database),
        OWNER,
        PASSWORD,
        4,
        Duration.ofSeconds(2));
  }

  static String nameOf(DatabaseConfig config) {
    return config.url().substring(config.url().lastIndexOf('/') + 1);
  }

  static void asAdmin(String database, String sql) {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port(), database), "postgres", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static void execute(DatabaseConfig config, String sql) {
    try (Connection connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rows, each as its columns joined by a bar; NULL is {@code null}. */
  static List<String> query(DatabaseConfig config, String sql) {
    try (Connection connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(result.getString(i));
        }
        rows.add(String.join("|", columns));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
