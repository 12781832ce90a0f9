package io.trunkline.invocation;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The deadline of the call that the present thread works on: a call made meanwhile has no more time
 * than is left of it.
 */
public final class Deadline {
  private static final ThreadLocal<@Nullable Long> CURRENT = new ThreadLocal<>();

  private Deadline() {}

  /**
   * The time that a call made now may take.
   *
   * @param wanted what its caller would give it
   * @return that, or what is left of the call that this thread works on; zero or negative when that
   *     is over
   */
  public static Duration within(Duration wanted) {
    Long nanos = CURRENT.get();
    if (nanos == null) {
      return wanted;
    }
    Duration left = Duration.ofNanos(nanos - System.nanoTime());
    return left.compareTo(wanted) < 0 ? left : wanted;
  }

  /** Sets it for this thread, on the scale of {@link System#nanoTime}; null: none. */
  static void set(@Nullable Long nanos) {
    if (nanos == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(nanos);
    }
  }
}
