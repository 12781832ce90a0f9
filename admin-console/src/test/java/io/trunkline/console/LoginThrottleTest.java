package io.trunkline.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
  private Instant now = Instant.parse("2026-11-20T12:00:00Z");
  private final LoginThrottle throttle = new LoginThrottle(3, Duration.ofSeconds(30), () -> now);

  @Test
  void attempt_underTheLimit_isFree() {
    assertThat(throttle.attempt("ann", "10.0.0.1")).isEmpty();
    assertThat(throttle.attempt("ann", "10.0.0.1")).isEmpty();
    assertThat(throttle.attempt("ann", "10.0.0.1")).isEmpty();
  }

  @Test
  void attempt_afterThreeFailures_hasToWait() {
    fail("ann", 3);

    assertThat(throttle.attempt("ann", "10.0.0.1")).contains(Duration.ofSeconds(30));
  }

  @Test
  void attempt_afterTheWait_isOneOnlyAndDoublesTheNext() {
    fail("ann", 3);
    now = now.plusSeconds(30);

    assertThat(throttle.attempt("ann", "10.0.0.1")).isEmpty();
    assertThat(throttle.attempt("ann", "10.0.0.1")).contains(Duration.ofMinutes(1));
  }

  @Test
  void attempt_manyFailures_waitsAtMostSixteenTimesTheFirst() {
    fail("ann", 3);
    for (int i = 0; i < 20; i++) {
      now = now.plus(throttle.attempt("ann", "10.0.0.1").orElse(Duration.ZERO));
    }

    assertThat(throttle.attempt("ann", "10.0.0.1").orElse(Duration.ZERO))
        .isLessThanOrEqualTo(Duration.ofMinutes(8));
  }

  @Test
  void attempt_ofAnotherNameOrAddress_isNotHeldUp() {
    fail("ann", 3);

    assertThat(throttle.attempt("bea", "10.0.0.1")).isEmpty();
    assertThat(throttle.attempt("ann", "10.0.0.2")).isEmpty();
  }

  @Test
  void attempt_manyNamesFromOneAddress_hasToWait() {
    for (int i = 0; i < 12; i++) {
      assertThat(throttle.attempt("name" + i, "10.0.0.1")).isEmpty();
    }

    assertThat(throttle.attempt("one more", "10.0.0.1")).isPresent();
    assertThat(throttle.attempt("one more", "10.0.0.2")).isEmpty();
  }

  @Test
  void succeeded_forgetsFailures() {
    fail("ann", 2);
    assertThat(throttle.attempt("ann", "10.0.0.1")).isEmpty();
    throttle.succeeded("ann", "10.0.0.1");

    assertThat(throttle.attempt("ann", "10.0.0.1")).isEmpty();
    assertThat(throttle.attempt("ann", "10.0.0.1")).isEmpty();
  }

  @Test
  void succeeded_manyTimes_leavesTheAddressFree() {
    for (int i = 0; i < 100; i++) {
      assertThat(throttle.attempt("ann", "10.0.0.1")).isEmpty();
      throttle.succeeded("ann", "10.0.0.1");
    }
  }

  @Test
  void attempts_ofEverNewNames_stayBounded() {
    for (int i = 0; i < 30_000; i++) {
      throttle.attempt("name" + i, "10.1." + i);
    }

    assertThat(throttle.remembered()).isEqualTo(10_000);
  }

  private void fail(String name, int times) {
    for (int i = 0; i < times; i++) {
      throttle.attempt(name, "10.0.0.1");
    }
  }
}
