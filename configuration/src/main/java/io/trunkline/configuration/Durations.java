package io.trunkline.configuration;

import java.time.Duration;

/**
 * Durations as they are written in settings: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h},
 * {@code 7d}.
 */
public final class Durations {
  private Durations() {}

  /**
   * @throws IllegalArgumentException with what was expected, if the text is none
   */
  public static Duration parse(String text) {
    return SettingType.parseDuration(text);
  }
}
