package io.trunkline.gateway.streams;

import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where streams stand, for many clients with one query. Thread-safe; blocks its callers, who are on
 * virtual threads.
 */
final class HeadReader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HeadReader.class);
  private static final int MAX_QUESTIONS = 500;

  /** A client that waits for its Welcome is not kept longer for a database that is away. */
  private static final long PATIENCE_MS = 2_000;

  private record Question(
      List<StreamKey> streams, CompletableFuture<Map<StreamKey, StreamHead>> answer) {}

  private final MessageStore store;
  private final LinkedBlockingQueue<Question> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  HeadReader(MessageStore store) {
    this.store = store;
    this.thread = Thread.ofPlatform().name("stream-heads").daemon().start(this::run);
  }

  /** Empty if the database does not answer in time. */
  Optional<Map<StreamKey, StreamHead>> heads(List<StreamKey> streams) {
    var question = new Question(streams, new CompletableFuture<>());
    waiting.add(question);
    try {
      return Optional.of(question.answer().get(PATIENCE_MS, TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void run() {
    List<Question> batch = new ArrayList<>();
    try {
      while (!closed) {
        batch.add(waiting.take());
        waiting.drainTo(batch, MAX_QUESTIONS - 1);
        try {
          Set<StreamKey> streams = new HashSet<>();
          batch.forEach(question -> streams.addAll(question.streams()));
          Map<StreamKey, StreamHead> heads = store.heads(List.copyOf(streams));
          batch.forEach(question -> question.answer().complete(heads));
        } catch (RuntimeException e) {
          batch.forEach(question -> question.answer().completeExceptionally(e));
        }
        batch.clear();
      }
    } catch (InterruptedException e) {
      log.debug("stops", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
