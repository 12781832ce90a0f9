package io.trunkline.console;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The one clock of the process: says when, and lets virtual threads do the work, so that a slow
 * database holds up nobody else's turn. Thread-safe.
 */
final class Background implements AutoCloseable, Executor {
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("console-clock").daemon().factory());
  private final ExecutorService workers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("console-", 0).factory());

  @Override
  public void execute(Runnable task) {
    if (!workers.isShutdown()) {
      workers.execute(task);
    }
  }

  void after(Duration delay, Runnable task) {
    if (!clock.isShutdown()) {
      var _ = clock.schedule(() -> execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Again and again, the next after the last is done. */
  void every(Duration interval, Runnable task) {
    after(
        interval,
        () -> {
          try {
            task.run();
          } finally {
            every(interval, task);
          }
        });
  }

  /** Nothing begins any more, and what was under way has been interrupted. */
  boolean isClosed() {
    return workers.isShutdown();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    workers.shutdownNow();
  }
}
