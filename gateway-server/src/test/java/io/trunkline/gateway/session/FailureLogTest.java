package io.trunkline.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailureLogTest {
  /** Where {@link System#nanoTime} may well start. */
  private final AtomicLong now = new AtomicLong(-FailureLog.INTERVAL_NANOS);

  private final FailureLog failures = new FailureLog(this, now::get);

  private boolean logged() {
    return failures.failed("a test", new IllegalStateException("on purpose"));
  }

  @Test
  void firstFailure_isLogged_theNextAfterTheInterval() {
    assertThat(logged()).isTrue();
    assertThat(logged()).isFalse();
    now.addAndGet(FailureLog.INTERVAL_NANOS - 1);
    assertThat(logged()).isFalse();
    now.incrementAndGet();
    assertThat(logged()).isTrue();
    assertThat(logged()).isFalse();
  }
}
