package io.trunkline.persistence;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Carries the starts, losses of connection and ends of sessions into PostgreSQL, in batches on a
 * thread of its own.
 *
 * <p>{@link #started}, {@link #detached} and {@link #ended} never block and may be called from
 * event loops. While the database is away the records wait in memory: the end of a session is
 * merged with its waiting start, so that what waits is bounded by the sessions themselves, and
 * {@link #accepting} turns false at the bound, upon which the gateway takes no new sessions. No
 * record is dropped. A batch may be written twice (a lost commit answer) and has the effect of
 * once.
 */
public interface SessionJournal extends AutoCloseable {

  /** Notes a start. Any thread; does not block. */
  void started(SessionStart start);

  /** Notes an end. Any thread; does not block. An end whose session is not known is written too. */
  void ended(SessionEnd end);

  /**
   * Notes that a session lost its connection and may be resumed. Any thread; does not block.
   * Without effect if the session has been attached again (a higher epoch) or is over.
   */
  void detached(SessionDetach detach);

  /**
   * Done when nothing of this session waits any more that was noted before the call, or {@linkplain
   * #close closed}. Any thread; does not block, and does not wait for the batch to fill.
   */
  CompletableFuture<Void> settled(UUID id);

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

    /** These may be resumed now. A session that began in the same batch is in both lists. */
    default void detached(List<SessionDetach> detached) {}

    /** These ended because a session that began in this batch took their place. */
    default void replaced(List<ClosedSession> replaced) {}
  }
}
