package io.trunkline.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {

  @ParameterizedTest
  @CsvSource({
    "PT-5S, just now",
    "PT0.9S, just now",
    "PT59S, 59 s ago",
    "PT60S, 1 min ago",
    "PT3599S, 59 min ago",
    "PT23H59M, 23 h ago",
    "P1D, 1 day ago",
    "P12D, 12 days ago"
  })
  void ago_namesTheLargestUnit(Duration age, String expected) {
    Instant now = Instant.parse("2026-11-20T12:00:00Z");

    assertThat(Texts.ago(now.minus(age), now)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT0.5S, 500 ms",
    "PT59S, 59 s",
    "PT2M, 2 min",
    "PT1M43S, 1 min 43 s",
    "PT3H, 3 h",
    "PT3H7M9S, 3 h 7 min",
    "P1DT5H, 1 day"
  })
  void longer_namesTheTwoLargestUnits(Duration time, String expected) {
    assertThat(Texts.longer(time)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "3500000, 3.3 MiB"})
  void bytes_haveTheUnitThatFits(long bytes, String expected) {
    assertThat(Texts.bytes(bytes)).isEqualTo(expected);
  }
}
