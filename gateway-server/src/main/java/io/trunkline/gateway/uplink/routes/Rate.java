package io.trunkline.gateway.uplink.routes;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * So many calls a second, minute or hour; as many may come at once after as long a rest.
 *
 * @param count 1 to 10,000,000
 * @param unit {@code s}, {@code m} or {@code h}
 */
public record Rate(int count, char unit) {
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,8})\\s*/\\s*([smh])");
  private static final int MAX = 10_000_000;

  /**
   * Reads {@code 20/s}.
   *
   * @throws IllegalArgumentException with what was expected, if it is none
   */
  public static Rate parse(String text) {
    var matcher = WRITTEN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a rate such as 20/s, 600/m or 1000/h");
    }
    int count = Integer.parseInt(matcher.group(1));
    if (count < 1 || count > MAX) {
      throw new IllegalArgumentException("a rate is 1 to " + MAX);
    }
    return new Rate(count, matcher.group(2).charAt(0));
  }

  /** In which {@link #count} calls may come. */
  public Duration period() {
    return switch (unit) {
      case 's' -> Duration.ofSeconds(1);
      case 'm' -> Duration.ofMinutes(1);
      default -> Duration.ofHours(1);
    };
  }

  @Override
  public String toString() {
    return count + "/" + unit;
  }
}
