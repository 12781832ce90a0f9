package io.trunkline.invocation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs so many tasks at a time on another executor, lets so many wait, and refuses the rest. One
 * for each blocking service, so that a stuck one holds up nobody else. Thread-safe; nothing blocks.
 */
public final class BoundedExecutor {
  private final Executor executor;
  private final Set<Runnable> waiting = new LinkedHashSet<>(); // guards itself and what follows
  private int maxConcurrent;
  private int maxQueued;
  private int running;

  /**
   * Makes one.
   *
   * @param executor must run what it is given, on another thread
   */
  public BoundedExecutor(Executor executor, int maxConcurrent, int maxQueued) {
    this.executor = executor;
    this.maxConcurrent = maxConcurrent;
    this.maxQueued = maxQueued;
  }

  /** New bounds. What runs goes on; what waits already is not refused any more. */
  public void bounds(int newMaxConcurrent, int newMaxQueued) {
    List<Runnable> now = new ArrayList<>();
    synchronized (waiting) {
      maxConcurrent = newMaxConcurrent;
      maxQueued = newMaxQueued;
      while (running < maxConcurrent && !waiting.isEmpty()) {
        running++;
        now.add(first());
      }
    }
    now.forEach(this::run);
  }

  /** False if the task is refused; it then never runs. */
  public boolean offer(Runnable task) {
    synchronized (waiting) {
      if (running >= maxConcurrent) {
        return waiting.size() < maxQueued && waiting.add(task);
      }
      running++;
    }
    return run(task);
  }

  /** False if the executor takes nothing any more, because all ends. */
  private boolean run(Runnable task) {
    try {
      executor.execute(() -> work(task));
      return true;
    } catch (RejectedExecutionException e) {
      synchronized (waiting) {
        running--;
      }
      return false;
    }
  }

  /** Takes back a task that waits, so that another can have its place; does nothing otherwise. */
  public void withdraw(Runnable task) {
    synchronized (waiting) {
      waiting.remove(task);
    }
  }

  private void work(Runnable first) {
    for (Runnable task = first; task != null; task = next()) {
      task.run(); // does not throw: calls catch what their handlers throw
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      if (waiting.isEmpty() || running > maxConcurrent) {
        running--;
        return null;
      }
      return first();
    }
  }

  private Runnable first() {
    Iterator<Runnable> tasks = waiting.iterator();
    Runnable task = tasks.next();
    tasks.remove();
    return task;
  }

  /** Tasks that wait. */
  public int queued() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  /** Tasks that run. */
  public int running() {
    synchronized (waiting) {
      return running;
    }
  }
}
