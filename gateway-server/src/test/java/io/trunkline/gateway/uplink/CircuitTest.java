package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.uplink.Circuit.State;
import io.trunkline.gateway.uplink.routes.Protection.Breaker;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CircuitTest {
  private static final int CALLS = 8;
  private static final int PROBES = 2;
  private static final Duration OPEN_FOR = Duration.ofSeconds(5);

  /** Near its end, as {@link System#nanoTime} may be. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);

  private final Circuit circuit = new Circuit("stock", new Breaker(50, CALLS, OPEN_FOR), now::get);

  private Object enter() {
    return Objects.requireNonNull(circuit.enter(), "refused");
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      circuit.failed(enter());
    }
  }

  private void succeed(int times) {
    for (int i = 0; i < times; i++) {
      circuit.succeeded(enter());
    }
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void opens_whenTheShareOfFailuresIsReached_andNotBeforeThereAreEnoughCalls() {
    fail(CALLS - 1);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
    fail(1);
    assertThat(circuit.state()).isEqualTo(State.OPEN);
    assertThat(circuit.enter()).isNull();
  }

  @Test
  void staysClosed_belowTheShare_andOldCallsAreForgotten() {
    succeed(CALLS);
    fail(CALLS / 2 - 1);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
    succeed(CALLS);
    fail(CALLS / 2 - 1);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
    fail(1);
    assertThat(circuit.state()).isEqualTo(State.OPEN);
  }

  @Test
  void open_saysHowLong() {
    fail(CALLS);
    pass(Duration.ofSeconds(2));
    assertThat(circuit.openFor()).isEqualTo(Duration.ofSeconds(3));
    assertThat(circuit.refusal().status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(circuit.refusal().retryAfter()).isEqualTo(Duration.ofMillis(3_001));
  }

  @Test
  void afterItsTime_aFewAreTried_andCloseIt() {
    fail(CALLS);
    pass(OPEN_FOR.plusMillis(1));
    List<Object> probes = new ArrayList<>();
    for (int i = 0; i < PROBES; i++) {
      probes.add(enter());
    }
    assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
    assertThat(circuit.enter()).isNull();
    assertThat(circuit.refusal().retryAfter()).isEqualTo(Duration.ofMillis(200));
    probes.forEach(circuit::succeeded);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
    succeed(CALLS);
  }

  @Test
  void whenTheFewFail_itOpensAgain() {
    fail(CALLS);
    pass(OPEN_FOR.plusMillis(1));
    fail(PROBES);
    assertThat(circuit.state()).isEqualTo(State.OPEN);
    assertThat(circuit.openFor()).isEqualTo(OPEN_FOR);
  }

  @Test
  void permitGivenBack_isForAnother_soHalfOpenNeverSticks() {
    fail(CALLS);
    pass(OPEN_FOR.plusMillis(1));
    for (int i = 0; i < 10 * PROBES; i++) {
      circuit.release(enter());
    }
    succeed(PROBES);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void callFromBeforeItOpened_decidesNothingLater() {
    Object stuck = enter();
    Object slow = enter();
    Object cancelled = enter();
    fail(CALLS);
    pass(OPEN_FOR.plusMillis(1));
    Object probe = enter();
    circuit.failed(stuck);
    circuit.succeeded(slow);
    circuit.release(cancelled);
    assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
    assertThat(circuit.enter()).as("the second probe").isNotNull();
    assertThat(circuit.enter()).as("no third").isNull();
    circuit.succeeded(probe);
    assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
  }
}
