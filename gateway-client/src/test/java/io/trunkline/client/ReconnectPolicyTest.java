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
    Closing down = new Closing(CloseCode.DEPENDENCY_DOWN.getNumber(), "", 5_000, true);

    assertThat(nextDelayMs(down, 0)).isEqualTo(5_100);
  }

  @Test
  void placeInTheGatewaysQueue_isComeTo_withoutABackoffThatWouldMissIt() {
    Closing overloaded = new Closing(CloseCode.OVERLOADED.getNumber(), "", 20_000, true);
    for (int i = 0; i < 8; i++) {
      nextDelayMs(LOST, 0);
    }

    assertThat(nextDelayMs(overloaded, 0)).isEqualTo(20_050);
    assertThat(nextDelayMs(overloaded, 0)).isEqualTo(20_050);
  }

  @Test
  void placeInTheGatewaysQueue_isThere_untilItGetsNoShorter() {
    Closing overloaded = new Closing(CloseCode.OVERLOADED.getNumber(), "", 1_000, true);
    List<Boolean> elsewhere =
        IntStream.range(0, 4).mapToObj(i -> policy.after(overloaded, "t", 0).elsewhere()).toList();

    assertThat(elsewhere).containsExactly(false, false, true, false);
  }

  @Test
  void overloaded_withoutATime_isFollowedByBackoff() {
    Closing overloaded = new Closing(CloseCode.OVERLOADED.getNumber(), "", 0, true);

    assertThat(nextDelayMs(overloaded, 0)).isEqualTo(100);
    assertThat(nextDelayMs(overloaded, 0)).isEqualTo(200);
  }

  @Test
  void drained_goesElsewhere() {
    Closing draining = new Closing(CloseCode.DRAINING.getNumber(), "", 0, true);

    assertThat(policy.after(draining, "t", 5_000).elsewhere()).isTrue();
    assertThat(policy.after(LOST, "t", 5_000).elsewhere()).isFalse();
  }
}
