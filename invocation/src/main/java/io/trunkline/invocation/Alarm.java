package io.trunkline.invocation;

/** Runs something later, unless it is told not to. */
@FunctionalInterface
public interface Alarm {

  /**
   * Sets it. Any thread.
   *
   * @param delayNanos zero or negative: at once
   * @param task runs on any thread, must not block
   * @return cancels it; does nothing when the task has run
   */
  Runnable set(long delayNanos, Runnable task);
}
