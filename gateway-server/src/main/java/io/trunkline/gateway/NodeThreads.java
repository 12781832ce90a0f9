package io.trunkline.gateway;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs the node's work beside its event loops: a virtual thread for each thing that may block,
 * and one timer for all that is due later. Thread-safe.
 */
final class NodeThreads {
  private static final Logger log = LoggerFactory.getLogger(NodeThreads.class);

  /** How long services that were interrupted may take to notice. */
  private static final Duration SERVICES_END = Duration.ofSeconds(2);

  private final ExecutorService blocking =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("work-", 0).factory());
  private final Timer timer =
      new HashedWheelTimer(
          new DefaultThreadFactory("deadlines", true), 20, TimeUnit.MILLISECONDS, 1024, false);

  ExecutorService blocking() {
    return blocking;
  }

  Timer timer() {
    return timer;
  }

  /** As {@link io.trunkline.invocation.Alarm}; the task runs on the timer's thread. */
  Runnable alarm(long delayNanos, Runnable task) {
    Timeout set = timer.newTimeout(timeout -> task.run(), delayNanos, TimeUnit.NANOSECONDS);
    return set::cancel;
  }

  /** Runs what may block once a day from now on. */
  void daily(Runnable work) {
    timer.newTimeout(
        timeout -> {
          blocking.execute(work);
          daily(work);
        },
        1,
        TimeUnit.DAYS);
  }

  void stopTimer() {
    timer.stop();
  }

  /** Interrupts what still runs, and does not wait for it. */
  void interruptBlocking() {
    blocking.shutdownNow();
  }

  /** Services are interrupted; one that does not mind gets a moment, and no more. */
  void endBlocking() {
    blocking.shutdownNow();
    try {
      if (!blocking.awaitTermination(SERVICES_END.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("services still work on calls that are over");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
