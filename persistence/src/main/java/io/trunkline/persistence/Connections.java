package io.trunkline.persistence;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;

/** Opens connections to PostgreSQL, and says in plain words why that failed. */
final class Connections {
  /**
   * After this long without a byte from the server a statement has failed, in seconds: a network
   * that swallows packets must not hold a thread for ever.
   */
  private static final String SOCKET_TIMEOUT_S = "30";

  /** How long an idle connection of the pool may take to show that it lives. */
  private static final long VALIDATION_MS = 1_500;

  /**
   * Plans are made anew for each execution: a plan that was made while a table was empty, and kept,
   * reads all of it when it has a million rows an hour later. And our statements are too short for
   * a compiler.
   *
   * <p>A transaction whose process stands still, or is cut off, between two statements holds its
   * locks and with them all other nodes: the server ends it. Ours do nothing in between that takes
   * longer than milliseconds.
   */
  private static final String SESSION_SETTINGS =
      """
      set plan_cache_mode = force_custom_plan; set jit = off;
      set idle_in_transaction_session_timeout = '5s'
      """;

  private Connections() {}

  /** Connects once, so that a wrong address or password is known at once and by its cause. */
  static void probe(DatabaseConfig config) throws DatabaseUnavailableException {
    try {
      DriverManager.getConnection(config.url(), properties(config)).close();
    } catch (SQLException e) {
      throw unavailable(config, e);
    }
  }

  static HikariDataSource pool(DatabaseConfig config) {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName("trunkline-db");
    hikari.setJdbcUrl(config.url());
    hikari.setDataSourceProperties(properties(config));
    hikari.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT_S);
    hikari.setConnectionInitSql(SESSION_SETTINGS);
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(1);
    hikari.setConnectionTimeout(config.connectTimeout().toMillis());
    // After a pause all may be dead: to find that out must not take the whole time of a caller.
    hikari.setValidationTimeout(Math.clamp(config.connectTimeout().toMillis(), 250, VALIDATION_MS));
    hikari.setInitializationFailTimeout(-1);
    return new HikariDataSource(hikari);
  }

  static Properties properties(DatabaseConfig config) {
    String timeoutS = Long.toString(Math.ceilDiv(config.connectTimeout().toMillis(), 1_000));
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    properties.setProperty("connectTimeout", timeoutS);
    properties.setProperty("loginTimeout", timeoutS);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("reWriteBatchedInserts", "true");
    properties.setProperty("ApplicationName", "trunkline");
    return properties;
  }

  static DatabaseUnavailableException unavailable(DatabaseConfig config, SQLException e) {
    return new DatabaseUnavailableException(
        "The database %s cannot be used: %s"
            .formatted(withoutPassword(config.url()), reason(config, e)),
        e);
  }

  private static String reason(DatabaseConfig config, SQLException e) {
    if (oneLine(e).startsWith("No suitable driver")) {
      return "this is not a PostgreSQL address, as jdbc:postgresql://host:port/database";
    }
    return switch (Objects.requireNonNullElse(e.getSQLState(), "")) {
      case "28P01", "28000" ->
          "user '%s' or its password is refused; check db.user and db.password"
              .formatted(config.user());
      case "3D000" -> "there is no such database on this server";
      case "53300" -> "the server has no connection left";
      case "57P03" -> "the server is starting or stopping";
      default -> networkReason(config, e);
    };
  }

  private static String networkReason(DatabaseConfig config, SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnknownHostException host -> {
          return "unknown host " + host.getMessage();
        }
        case SocketTimeoutException timeout -> {
          return noAnswer(config);
        }
        case NoRouteToHostException route -> {
          return "there is no way to that host";
        }
        case ConnectException refused -> {
          return "the connection is refused; nothing listens there";
        }
        default -> {}
      }
    }
    String message = oneLine(e);
    return message.contains("timed out") ? noAnswer(config) : message;
  }

  private static String noAnswer(DatabaseConfig config) {
    return "no answer within %d ms".formatted(config.connectTimeout().toMillis());
  }

  static String oneLine(Throwable e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName())
        .strip()
        .replaceAll("\\s*\\R\\s*", " ");
  }

  static String withoutPassword(String url) {
    return url.replaceAll("(?i)([?&][a-z]*password=)[^&]*", "$1***");
  }
}
