package io.trunkline.persistence;

import java.util.List;

/**
 * Carries the starts and ends of sessions into PostgreSQL, in batches on a thread of its own.
 *
 * <p>{@link #started} and {@link #ended} never block and may be called from event loops. While the
 * database is away the records wait in memory: the end of a session is merged with its waiting
 * start, so that what waits is bounded by the sessions themselves, and {@link #accepting} turns
 * false at the bound, upon which the gateway takes no new sessions. No record is dropped. A batch
 * may be written twice (a lost commit answer) and has the effect of once.
 */
public interface SessionJournal extends AutoCloseable {

  /** Notes a start. Any thread; does not block. */
  void started(SessionStart start);

  /** Notes an end. Any thread; does not block. An end whose session is not known is written too. */
  void ended(SessionEnd end);

  /** False while so much waits that no new session should begin. Any thread. */
  boolean accepting();

  /** Records that wait for the database, now. */
  int backlog();

  /** Writes what waits, for at most {@link JournalConfig#closeTimeout}, and stops. */
  @Override
  void close();

  /** Is told of each batch after its commit, on the journal's thread; it must not throw. */
  @FunctionalInterface
  interface Listener {
    void written(List<SessionStart> started, List<SessionEnd> ended);
  }
}
