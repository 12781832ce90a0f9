package io.trunkline.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.DrainOrder;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrainPlanTest {
  private static DrainPlan plan(
      int perSecond, int withinSeconds, int jitterSeconds, int noticeSeconds, int sessions) {
    return DrainPlan.of(
        new DrainOrder(
            "op",
            "test",
            perSecond,
            Duration.ofSeconds(withinSeconds),
            Duration.ofSeconds(jitterSeconds),
            Optional.empty()),
        Duration.ofSeconds(noticeSeconds),
        sessions);
  }

  @Test
  void timeThatSuffices_theRateIsAsOrdered() {
    DrainPlan plan = plan(200, 120, 5, 10, 15_000);
    assertThat(plan).isEqualTo(new DrainPlan(Duration.ofSeconds(10), 200, Duration.ofSeconds(5)));
  }

  @ParameterizedTest
  @CsvSource({"200,120,5,0,100000", "1,10,5,0,1000", "10,2,5,60,100000", "1,0,0,0,5"})
  void timeThatDoesNotSuffice_theRateIsRaised_soThatTheLastCanStillLeave(
      int perSecond, int within, int jitter, int notice, int sessions) {
    DrainPlan plan = plan(perSecond, within, jitter, notice, sessions);
    assertThat(plan.perSecond()).isGreaterThan(perSecond);
    double slotsMs = sessions * 1_000.0 / plan.perSecond();
    assertThat(plan.notice().toMillis() + slotsMs + plan.jitter().toMillis())
        .isLessThanOrEqualTo(Math.max(1, within * 1_000.0));
  }

  @Test
  void noSessions_nothingIsRaised() {
    assertThat(plan(1, 1, 0, 0, 0).perSecond()).isEqualTo(1);
  }
}
