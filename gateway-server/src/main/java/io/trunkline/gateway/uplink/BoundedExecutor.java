package io.trunkline.gateway.uplink;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Runs so many tasks at a time on another executor, lets so many wait, and refuses the rest. One
 * for each blocking service, so that a stuck one holds up nobody else. Thread-safe; nothing blocks.
 */
final class BoundedExecutor {
  private final Executor executor;
  private final int maxConcurrent;
  private final int maxQueued;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int running;

  BoundedExecutor(Executor executor, int maxConcurrent, int maxQueued) {
    this.executor = executor;
    this.maxConcurrent = maxConcurrent;
    this.maxQueued = maxQueued;
  }

  /** False if the task is refused; it then never runs. */
  boolean offer(Runnable task) {
    synchronized (waiting) {
      if (running >= maxConcurrent) {
        return waiting.size() < maxQueued && waiting.add(task);
      }
      running++;
    }
    executor.execute(() -> work(task));
    return true;
  }

  private void work(Runnable first) {
    for (Runnable task = first; task != null; task = next()) {
      task.run(); // does not throw: calls catch what their handlers throw
    }
  }

  private @org.jspecify.annotations.Nullable Runnable next() {
    synchronized (waiting) {
      Runnable task = waiting.poll();
      if (task == null) {
        running--;
      }
      return task;
    }
  }

  /** Tasks that wait. */
  int queued() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  /** Tasks that run. */
  int running() {
    synchronized (waiting) {
      return running;
    }
  }
}
