package io.trunkline.persistence;

import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs plain JDBC work in a transaction. Thread-safe; blocks. */
final class Transactions {
  /** Locks are taken in one order everywhere, so one repetition is luxury already. */
  private static final int TRIES = 3;

  private static final String DEADLOCK = "40P01";

  private final DataSource pool;

  Transactions(DataSource pool) {
    this.pool = pool;
  }

  /** Work that leaves commit and rollback to the caller. It may be run again from the start. */
  interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  /**
   * Commits before it returns; rolls back whatever is thrown.
   *
   * @param failure what cannot be done then, as the start of a sentence
   * @throws PersistenceException with one line
   */
  <T> T run(String failure, Work<T> work) {
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        return committed(connection, work);
      } catch (SQLException e) {
        if (attempt == TRIES || !DEADLOCK.equals(e.getSQLState())) {
          throw new PersistenceException(failure + ": " + Connections.oneLine(e), e);
        }
      }
    }
  }

  private static <T> T committed(Connection connection, Work<T> work) throws SQLException {
    try {
      T result = work.in(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      try {
        connection.rollback();
      } catch (SQLException rollback) {
        e.addSuppressed(rollback);
      }
      throw e;
    }
  }
}
