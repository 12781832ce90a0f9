package io.trunkline.gateway.session;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failures of code that is not ours and is called often: the first one with its cause, and
 * then at most one every ten seconds, which says how many there were. Any thread.
 */
public final class FailureLog {
  static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

  private final String name;
  private final LongSupplier nanoTime;
  private final AtomicLong nextAt;
  private final AtomicLong unsaid = new AtomicLong();

  /**
   * Makes one.
   *
   * @param code whose failures it logs
   */
  public FailureLog(Object code) {
    this(code, System::nanoTime);
  }

  FailureLog(Object code, LongSupplier nanoTime) {
    this.name = code.getClass().getName();
    this.nanoTime = nanoTime;
    this.nextAt = new AtomicLong(nanoTime.getAsLong());
  }

  /**
   * Notes one.
   *
   * @param doing what it was asked to do
   * @return whether this one was logged
   */
  public boolean failed(String doing, Throwable why) {
    long now = nanoTime.getAsLong();
    long next = nextAt.get();
    if (now - next < 0 || !nextAt.compareAndSet(next, now + INTERVAL_NANOS)) {
      unsaid.incrementAndGet();
      return false;
    }
    long before = unsaid.getAndSet(0);
    log.error(
        "{} failed in '{}'{}",
        name,
        doing,
        before == 0 ? "" : " (and " + before + " times since this was last said)",
        why);
    return true;
  }
}
