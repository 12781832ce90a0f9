package io.trunkline.gateway.session;

import io.trunkline.persistence.SessionResumption;
import io.trunkline.persistence.SessionResumption.Outcome;
import io.trunkline.persistence.SessionResumption.Request;
import io.trunkline.protocol.v1.CloseCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database for sessions of many clients at once. Who waits while a statement is under way
 * goes into the next one together: the more come at once, the larger the batches. What the database
 * may have done for clients that were told otherwise is taken back. Blocks; thread-safe.
 */
final class ResumeBatches {
  private static final Logger log = LoggerFactory.getLogger(ResumeBatches.class);

  /**
   * A client whose session the database does not give in this time gets a new one, unless the
   * database is at work on those before it.
   */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The database is at work if it has answered in this time. */
  private static final Duration AT_WORK = Duration.ofSeconds(5);

  /** When a node has died all of its clients come at once; nobody waits longer. */
  private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(20);

  /** Bounds what is remembered of answers that were lost; beyond it the node's end clears up. */
  private static final int MAX_DOUBTFUL = 10_000;

  private final SessionsConfig config;
  private final SessionResumption store;
  private final Executor executor;
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean writing = new AtomicBoolean();
  private final List<Request> doubtful = new ArrayList<>(); // who is writing
  private volatile long answeredNs = System.nanoTime() - AT_WORK.toNanos();

  /** A client that waits; taken or given up, never both. */
  private record Waiting(
      Request request,
      BooleanSupplier there,
      AtomicBoolean decided,
      CompletableFuture<Optional<Outcome>> answer) {}

  /**
   * @param executor runs blocking work, a virtual thread each
   */
  ResumeBatches(SessionsConfig config, SessionResumption store, Executor executor) {
    this.config = config;
    this.store = store;
    this.executor = executor;
  }

  /**
   * The answer; empty if the database does not give one in time, or the client is gone.
   *
   * @param there whether the client still waits
   */
  Optional<Outcome> ask(Request request, BooleanSupplier there) {
    var waiting = new Waiting(request, there, new AtomicBoolean(), new CompletableFuture<>());
    queue.add(waiting);
    write();
    long startNs = System.nanoTime();
    while (true) {
      try {
        return waiting.answer().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        long nowNs = System.nanoTime();
        if (nowNs - answeredNs >= AT_WORK.toNanos()
            || nowNs - startNs >= LONGEST_PATIENCE.toNanos()) {
          return givenUp(waiting);
        }
      } catch (ExecutionException | CompletionException e) {
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return givenUp(waiting);
      }
    }
  }

  /** Once taken its outcome must be known, or the session would stay ACTIVE with nobody. */
  private static Optional<Outcome> givenUp(Waiting waiting) {
    return waiting.decided().compareAndSet(false, true)
        ? Optional.empty()
        : waiting.answer().join();
  }

  /** Writes what waits, if nobody is at it. */
  private void write() {
    if (!writing.compareAndSet(false, true)) {
      return;
    }
    try {
      List<Waiting> batch = take();
      if (!batch.isEmpty()) {
        write(batch);
      }
    } finally {
      writing.set(false);
      if (!queue.isEmpty()) {
        executor.execute(this::write);
      }
    }
  }

  /** No two of the same session: the second must see what became of the first. */
  private List<Waiting> take() {
    List<Waiting> batch = new ArrayList<>();
    List<Waiting> again = new ArrayList<>();
    Set<UUID> sessions = new HashSet<>();
    for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
      if (!next.there().getAsBoolean()) {
        next.decided().set(true);
        next.answer().complete(Optional.empty());
      } else if (!sessions.add(next.request().id())) {
        again.add(next);
      } else if (next.decided().compareAndSet(false, true)) {
        batch.add(next);
      }
      if (batch.size() == SessionResumption.MAX_BATCH) {
        break;
      }
    }
    queue.addAll(again);
    return batch;
  }

  private void write(List<Waiting> batch) {
    List<Request> requests = batch.stream().map(Waiting::request).toList();
    List<Optional<Outcome>> outcomes;
    try {
      undoDoubtful();
      outcomes =
          store.resume(requests, config.tokenOverlap(), Resumes.REUSED).stream()
              .map(Optional::of)
              .toList();
      answeredNs = System.nanoTime();
    } catch (RuntimeException e) {
      log.warn("{} sessions cannot be resumed: {}", batch.size(), Resumes.cause(e));
      if (doubtful.size() + requests.size() <= MAX_DOUBTFUL) {
        doubtful.addAll(requests);
      }
      outcomes = requests.stream().map(request -> Optional.<Outcome>empty()).toList();
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).answer().complete(outcomes.get(i));
    }
  }

  /** Once the database is back: takes back what was done for clients that were told otherwise. */
  private void undoDoubtful() {
    if (!doubtful.isEmpty()) {
      store.undo(
          doubtful,
          config.grace(),
          Resumes.close(CloseCode.CONNECTION_LOST, "the connection was lost while it was resumed"));
      doubtful.clear();
    }
  }

  /** As {@link Resumes#clearUp}. */
  void clearUp() {
    if (writing.compareAndSet(false, true)) {
      try {
        undoDoubtful();
      } finally {
        writing.set(false);
        if (!queue.isEmpty()) {
          executor.execute(this::write);
        }
      }
    }
  }
}
