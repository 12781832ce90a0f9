package io.trunkline.persistence;

/**
 * PostgreSQL as the other modules see it: one pool of connections and the stores on it.
 * Thread-safe; everything but the journal's intake blocks, so nothing of it belongs on an event
 * loop.
 */
@SuppressWarnings("DoNotCallSuggester") // signatures only, so far
public final class Database implements AutoCloseable {

  private Database() {}

  /**
   * Connects, for at most {@link DatabaseConfig#connectTimeout}.
   *
   * @throws DatabaseUnavailableException with the address (without the password) and the cause on
   *     one line
   */
  public static Database open(DatabaseConfig config) throws DatabaseUnavailableException {
    throw new UnsupportedOperationException(config.url());
  }

  /** Brings the schema up to date. Several nodes may do it at once. */
  public void migrate() throws DatabaseUnavailableException {
    throw new UnsupportedOperationException();
  }

  /** Gives the read-only role {@code trunkline_report} a password and lets it log in. */
  public void setReportPassword(char[] password) {
    throw new UnsupportedOperationException();
  }

  public SessionDirectory sessions() {
    throw new UnsupportedOperationException();
  }

  public NodeStore nodes() {
    throw new UnsupportedOperationException();
  }

  public BanStore bans() {
    throw new UnsupportedOperationException();
  }

  public OperatorStore operators() {
    throw new UnsupportedOperationException();
  }

  /** A journal with a thread of its own; close it before this. */
  public SessionJournal journal(JournalConfig config, SessionJournal.Listener listener) {
    throw new UnsupportedOperationException();
  }

  /** Whether the database answers within about a second. */
  public boolean healthy() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
