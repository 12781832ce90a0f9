package io.trunkline.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrainDialogTest {

  @ParameterizedTest
  @CsvSource({"0, 50", "5000, 50", "12000, 50", "12001, 51", "50000, 209", "2147483647, 10000"})
  void defaultRate_isDoneBeforeTheRestIsClosed(int sessions, int expected) {
    assertThat(DrainDialog.defaultRate(sessions)).isEqualTo(expected);
  }

  @Test
  void estimate_ofAnEmptyNode_isNoTime() {
    assertThat(estimate(0, 1)).contains("no sessions");
  }

  @Test
  void estimate_countsStartedSecondsAndTheLastOnesWait() {
    assertThat(estimate(101, 50))
        .isEqualTo("101 connected sessions at 50 a second: about 3 s, and up to 5 s for the last.");
  }

  @Test
  void estimate_thatIsTooLong_saysHowManyAreClosed() {
    assertThat(estimate(61, 1)).contains("about 1 min 1 s").contains("about 1 would be closed");
    assertThat(estimate(60, 1)).doesNotContain("closed");
  }

  private static String estimate(int sessions, int perSecond) {
    return DrainDialog.estimate(sessions, perSecond, Duration.ofMinutes(1), Duration.ofSeconds(5));
  }
}
