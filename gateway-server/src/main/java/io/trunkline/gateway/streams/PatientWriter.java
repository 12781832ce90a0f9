package io.trunkline.gateway.streams;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the database write batches, for as long as that takes: while it is away the batch is tried
 * again and again. What it refuses for what is in it would be refused for ever, and hold up all
 * that comes after: such a batch is halved until the one entry is found, which is set aside and
 * counted. For one thread.
 */
final class PatientWriter {
  private static final Logger log = LoggerFactory.getLogger(PatientWriter.class);
  private static final long RETRY_MS = 250;

  /** The first time another transaction may have been in the way. */
  private static final int REFUSALS = 2;

  private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  private final StreamCounts counts;
  private long mayLogNs = System.nanoTime();

  PatientWriter(StreamCounts counts) {
    this.counts = counts;
  }

  /**
   * What happens to entries.
   *
   * @param write all or none; may be repeated
   * @param name of one, for the log
   * @param written told of each that is written
   * @param setAside told of one that the database does not take
   */
  record Work<T>(
      Consumer<List<T>> write,
      Function<T, String> name,
      Consumer<T> written,
      Consumer<T> setAside) {}

  /** Returns when nothing of the batch is left to do. */
  <T> void write(List<T> batch, Work<T> work) throws InterruptedException {
    int refusals = 0;
    for (int attempt = 1; !batch.isEmpty(); attempt++) {
      try {
        work.write().accept(batch);
        batch.forEach(work.written());
        return;
      } catch (RuntimeException e) {
        SQLException refusal = refusal(e);
        if (refusal != null && batch.size() > 1) {
          write(batch.subList(0, batch.size() / 2), work);
          write(batch.subList(batch.size() / 2, batch.size()), work);
          return;
        }
        if (refusal != null && ++refusals == REFUSALS) {
          setAside(batch.getFirst(), work, refusal);
          return;
        }
        if (attempt == 1 && refusal == null) {
          log.warn("what became of messages cannot be written yet: {}", e.toString());
        }
        TimeUnit.MILLISECONDS.sleep(RETRY_MS);
      }
    }
  }

  private <T> void setAside(T entry, Work<T> work, SQLException refusal) {
    counts.refused.increment();
    long now = System.nanoTime();
    if (now - mayLogNs >= 0) {
      mayLogNs = now + LOG_INTERVAL_NS;
      log.error(
          "PostgreSQL refuses {} ({} refused in all), which is left out: {}",
          work.name().apply(entry),
          counts.refused(),
          // The lines after it have the row's values.
          String.valueOf(refusal.getMessage()).lines().findFirst().orElse(""));
    }
    work.setAside().accept(entry);
  }

  /**
   * The error, if it lies in the data: classes 22 (data), 23 (constraint) and 54 (program limit).
   *
   * @see <a href="https://www.postgresql.org/docs/18/errcodes-appendix.html">Error codes</a>
   */
  private static @Nullable SQLException refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        String state = Objects.requireNonNullElse(sql.getSQLState(), "");
        boolean inTheData =
            state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
        return inTheData ? sql : null;
      }
    }
    return null;
  }
}
