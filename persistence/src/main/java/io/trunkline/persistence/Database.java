package io.trunkline.persistence;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * PostgreSQL as the other modules see it: one pool of connections and the stores on it, for one
 * process. Thread-safe; everything but the journal's intake blocks, so nothing of it belongs on an
 * event loop. While the database is away the stores throw {@link PersistenceException}.
 */
public final class Database implements AutoCloseable {
  private static final String REPORT_ROLE = "trunkline_report";
  private static final long HEALTH_TIMEOUT_MS = 1_000;

  private final DatabaseConfig config;
  private final HikariDataSource pool;
  private final Orm orm;
  private final Incarnations incarnations = new Incarnations();
  private final AtomicReference<@Nullable CompletableFuture<Boolean>> ping =
      new AtomicReference<>();

  private Database(DatabaseConfig config, HikariDataSource pool, Orm orm) {
    this.config = config;
    this.pool = pool;
    this.orm = orm;
  }

  /**
   * Connects, for at most {@link DatabaseConfig#connectTimeout} (whole seconds).
   *
   * @throws DatabaseUnavailableException with the address (without the password) and the cause on
   *     one line
   */
  public static Database open(DatabaseConfig config) throws DatabaseUnavailableException {
    Connections.probe(config);
    HikariDataSource pool = Connections.pool(config);
    return new Database(config, pool, Orm.start(pool));
  }

  /**
   * Brings the schema up to date, and makes history's partitions for the months to come. Several
   * nodes may do it at once.
   *
   * @throws DatabaseUnavailableException with what failed, on one line
   */
  public void migrate() throws DatabaseUnavailableException {
    Schema.migrate(config);
    try (Connection connection = pool.getConnection()) {
      Schema.tidyHistory(connection, Duration.ZERO);
    } catch (SQLException e) {
      throw Connections.unavailable(config, e);
    }
  }

  /**
   * Makes history's partitions for the coming months and drops the months that are older than
   * {@code keep}. To be called about once a day.
   *
   * @param keep zero: for ever
   */
  public void tidyHistory(Duration keep) {
    try (Connection connection = pool.getConnection()) {
      Schema.tidyHistory(connection, keep);
    } catch (SQLException e) {
      throw new PersistenceException("History cannot be tidied: " + Connections.oneLine(e), e);
    }
  }

  /**
   * Gives the read-only role {@code trunkline_report} a password and lets it log in, also to a
   * database that not everybody may connect to. The server gets only the SCRAM verifier, so the
   * password is in no log of it.
   */
  public void setReportPassword(char[] password) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      // The driver clears the array that it is given.
      connection
          .unwrap(PGConnection.class)
          .alterUserPassword(REPORT_ROLE, password.clone(), "scram-sha-256");
      statement.execute("ALTER ROLE " + REPORT_ROLE + " LOGIN");
      String database = statement.enquoteIdentifier(connection.getCatalog(), true);
      statement.execute("GRANT CONNECT ON DATABASE " + database + " TO " + REPORT_ROLE);
    } catch (SQLException e) {
      throw new PersistenceException(
          "The password of role %s cannot be set: %s"
              .formatted(REPORT_ROLE, Connections.oneLine(e)),
          e);
    }
  }

  public SessionDirectory sessions() {
    return new JpaSessionDirectory(orm);
  }

  public SessionResumption resumption() {
    return new JpaSessionResumption(orm, incarnations);
  }

  public NodeStore nodes() {
    return new JpaNodeStore(orm, incarnations);
  }

  public BanStore bans() {
    return new JpaBanStore(orm);
  }

  public OperatorStore operators() {
    return new JpaOperatorStore(orm);
  }

  public MessageStore messages() {
    return new JdbcMessageStore(new Transactions(pool));
  }

  /** A journal with a thread of its own; close it before this. */
  public SessionJournal journal(JournalConfig config, SessionJournal.Listener listener) {
    return BatchingJournal.start(config, new JournalStatements(orm, incarnations), listener);
  }

  /** Whether the database answers within a second. Callers share one ping that is under way. */
  public boolean healthy() {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> underWay = ping.compareAndExchange(null, mine);
    if (underWay == null) {
      Thread.startVirtualThread(
          () -> {
            boolean answered = ping();
            ping.set(null);
            mine.complete(answered);
          });
    }
    try {
      return (underWay == null ? mine : underWay).get(HEALTH_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean ping() {
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(1);
    } catch (SQLException | RuntimeException e) {
      return false;
    }
  }

  @Override
  public void close() {
    orm.close();
    pool.close();
  }
}
