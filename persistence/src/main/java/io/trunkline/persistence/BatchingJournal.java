package io.trunkline.persistence;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal's thread: collects, writes, and waits while the database is away. */
final class BatchingJournal implements SessionJournal {
  private static final Logger log = LoggerFactory.getLogger(BatchingJournal.class);
  private static final long FIRST_PAUSE_NS = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_PAUSE_NS = Duration.ofSeconds(5).toNanos();

  /** How often a paused writer merges what arrived meanwhile, so that ends do not pile up. */
  private static final long COLLECT_NS = Duration.ofMillis(100).toNanos();

  private final JournalConfig config;
  private final JournalStatements statements;
  private final Listener listener;
  private final JournalIntake intake = new JournalIntake();
  private final Thread writer;
  private volatile boolean closing;
  private volatile long closeDeadlineNs;
  private volatile int refused;

  /** The writer's alone: 0 while the database answers. */
  private long pauseNs;

  static BatchingJournal start(
      JournalConfig config, JournalStatements statements, Listener listener) {
    BatchingJournal journal = new BatchingJournal(config, statements, listener);
    journal.writer.start();
    return journal;
  }

  private BatchingJournal(JournalConfig config, JournalStatements statements, Listener listener) {
    this.config = config;
    this.statements = statements;
    this.listener = listener;
    this.writer = Thread.ofPlatform().name("trunkline-journal").daemon().unstarted(this::run);
  }

  @Override
  public void started(SessionStart start) {
    intake.add(JournalRecord.of(start));
  }

  @Override
  public void ended(SessionEnd end) {
    intake.add(JournalRecord.of(end));
  }

  @Override
  public void detached(SessionDetach detach) {
    intake.add(JournalRecord.of(detach));
  }

  @Override
  public CompletableFuture<Void> settled(UUID id) {
    CompletableFuture<Void> settled = intake.settled(id);
    if (!writer.isAlive()) {
      settled.complete(null);
    }
    return settled;
  }

  @Override
  public boolean accepting() {
    return intake.size() < config.maxBacklog();
  }

  @Override
  public int backlog() {
    return intake.size();
  }

  /** Records that PostgreSQL will never take, and that were logged instead. */
  int refused() {
    return refused;
  }

  @Override
  public void close() {
    if (closing) {
      return;
    }
    closeDeadlineNs = System.nanoTime() + config.closeTimeout().toNanos();
    closing = true;
    LockSupport.unpark(writer);
    try {
      // A little more than the writer allows itself, for a statement that is under way.
      writer.join(config.closeTimeout().plusMillis(500));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (intake.size() > 0) {
      log.error("{} session records could not be written before the stop", intake.size());
    }
  }

  private void run() {
    try {
      work();
    } finally {
      intake.giveUpWatches();
    }
  }

  private void work() {
    while (true) {
      intake.collect();
      if (intake.size() == 0) {
        if (closing) {
          return;
        }
        intake.sleep();
        linger();
      } else if (closing && System.nanoTime() - closeDeadlineNs > 0) {
        return;
      } else {
        writeOldest();
      }
    }
  }

  private void linger() {
    long end = System.nanoTime() + config.linger().toNanos();
    for (long left = config.linger().toNanos();
        left > 0 && !closing && !intake.watched() && intake.size() < config.batchSize();
        left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  private void writeOldest() {
    try {
      write(intake.oldest(config.batchSize()));
      if (pauseNs > 0) {
        pauseNs = 0;
        log.info("Session records are written again; {} still wait", intake.size());
      }
    } catch (RuntimeException e) {
      if (pauseNs == 0) {
        SQLException sql = sqlError(e);
        log.warn(
            "Session records cannot be written and wait in memory: {}",
            Connections.oneLine(sql == null ? e : sql),
            sql == null ? e : null);
      }
      pauseNs = Math.clamp(pauseNs * 2, FIRST_PAUSE_NS, LONGEST_PAUSE_NS);
      pause();
    }
  }

  /** Short while closing: better one more attempt than to sleep the last seconds away. */
  private void pause() {
    boolean wasClosing = closing;
    long pause = wasClosing ? FIRST_PAUSE_NS : pauseNs;
    long end = System.nanoTime() + pause;
    for (long left = pause; left > 0 && closing == wasClosing; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, Math.min(left, COLLECT_NS));
      intake.collect();
    }
  }

  /** Writes the batch, but for records that PostgreSQL refuses for what is in them. */
  private void write(List<JournalRecord> batch) {
    JournalStatements.Written written;
    try {
      written = statements.write(batch, pauseNs > 0);
    } catch (RuntimeException e) {
      SQLException refusal = sqlError(e);
      if (refusal == null || !isInTheData(refusal)) {
        throw e;
      }
      if (batch.size() > 1) {
        write(batch.subList(0, batch.size() / 2));
        write(batch.subList(batch.size() / 2, batch.size()));
      } else {
        refuse(batch.getFirst(), refusal);
      }
      return;
    }
    intake.remove(batch);
    tellListener(batch, written);
  }

  // Only this thread counts.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void refuse(JournalRecord record, SQLException refusal) {
    refused++;
    intake.remove(List.of(record));
    log.error(
        "PostgreSQL refuses the record of session {} ({} in all): {}",
        record.id(),
        refused,
        Connections.oneLine(refusal));
  }

  private void tellListener(List<JournalRecord> batch, JournalStatements.Written written) {
    List<SessionStart> started = new ArrayList<>();
    List<SessionDetach> detached = new ArrayList<>();
    List<SessionEnd> ended = new ArrayList<>();
    for (JournalRecord record : batch) {
      if (record.start() != null) {
        started.add(record.start());
      }
      if (written.moved().contains(record.id())) {
        continue; // it lives elsewhere, whatever was lost here
      }
      if (record.detach() != null) {
        detached.add(record.detach());
      }
      if (record.end() != null) {
        ended.add(record.end());
      }
    }
    try {
      listener.written(started, ended);
      if (!detached.isEmpty()) {
        listener.detached(detached);
      }
      if (!written.replaced().isEmpty()) {
        listener.replaced(written.replaced());
      }
    } catch (RuntimeException e) {
      log.error("The listener of session records failed", e);
    }
  }

  /**
   * Whether the error lies in the data, so that trying again is of no use: classes 22 (data), 23
   * (constraint) and 54 (program limit, as a too long index entry).
   *
   * @see <a href="https://www.postgresql.org/docs/18/errcodes-appendix.html">Error codes</a>
   */
  private static boolean isInTheData(SQLException e) {
    String state = Objects.requireNonNullElse(e.getSQLState(), "");
    return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
  }

  private static @Nullable SQLException sqlError(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
