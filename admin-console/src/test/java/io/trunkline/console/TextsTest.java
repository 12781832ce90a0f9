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
}
