package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.protocol.v1.CloseCode;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReconnectPolicyTest {
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(100), 2, Duration.ofMillis(1_000));
  private static final Closing LOST = Closing.noticed(CloseCode.CONNECTION_LOST, "");

  private final ReconnectPolicy policy = new ReconnectPolicy(BACKOFF, true, () -> 0.5);

  private long nextDelayMs(Closing closing, long connectedMs) {
    return policy.after(closing, "t", connectedMs).delayMs();
  }

  @Test
  void failures_doubleTheBound_upToItsMaximum() {
    List<Long> delays = IntStream.range(0, 6).mapToObj(i -> nextDelayMs(LOST, 0)).toList();

    assertThat(delays).containsExactly(50L, 100L, 200L, 400L, 500L, 500L);
  }

  @Test
  void connectionThatStoodLong_startsOver_oneThatFlappedDoesNot() {
    nextDelayMs(LOST, 0);
    nextDelayMs(LOST, 0);

    assertThat(nextDelayMs(LOST, 10)).isEqualTo(200);
    assertThat(nextDelayMs(LOST, 1_000)).isEqualTo(50);
  }

  @Test
  void retryAfter_isTheLeast() {
    Closing overloaded = new Closing(CloseCode.OVERLOADED.getNumber(), "", 5_000, true);

    assertThat(nextDelayMs(overloaded, 0)).isEqualTo(5_100);
  }

  @Test
  void drained_goesElsewhere() {
    Closing draining = new Closing(CloseCode.DRAINING.getNumber(), "", 0, true);

    assertThat(policy.after(draining, "t", 5_000).elsewhere()).isTrue();
    assertThat(policy.after(LOST, "t", 5_000).elsewhere()).isFalse();
  }
}
