package io.trunkline.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How times and texts are written on pages. */
final class Texts {
  private static final DateTimeFormatter EXACT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Texts() {}

  static String exact(Instant instant) {
    return EXACT.format(instant);
  }

  /** For example {@code 3 min ago}; never in the future, clocks may differ a little. */
  static String ago(Instant instant, Instant now) {
    Duration age = Duration.between(instant, now);
    return age.toSeconds() < 1 ? "just now" : duration(age) + " ago";
  }

  /** The largest unit only, from seconds to days. */
  static String duration(Duration duration) {
    if (duration.toDays() > 0) {
      return duration.toDays() == 1 ? "1 day" : duration.toDays() + " days";
    } else if (duration.toHours() > 0) {
      return duration.toHours() + " h";
    } else if (duration.toMinutes() > 0) {
      return duration.toMinutes() + " min";
    }
    return duration.toSeconds() + " s";
  }

  static String shortened(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
