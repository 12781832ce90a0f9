package io.trunkline.console;

import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.StreamKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** How times and texts are written on pages. */
final class Texts {
  private static final DateTimeFormatter EXACT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter EXACT_MS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Texts() {}

  static String exact(Instant instant) {
    return EXACT.format(instant);
  }

  static String exactMs(Instant instant) {
    return EXACT_MS.format(instant);
  }

  /** For example {@code +12 ms}, and {@code +3 min} where nobody counts milliseconds any more. */
  static String after(Duration time) {
    Duration shown = time.isNegative() ? Duration.ZERO : time;
    return "+" + (shown.toSeconds() < 10 ? count(shown.toMillis()) + " ms" : duration(shown));
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

  /** For example {@code 1 connected session}. */
  static String sessions(long number, String kind) {
    return count(number) + " " + kind + (number == 1 ? " session" : " sessions");
  }

  /** What was typed, if anything. */
  static Optional<String> given(String text) {
    return Optional.of(text.strip()).filter(it -> !it.isEmpty());
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Whom a stored message is for. */
  static String target(NewMessage message) {
    Recipients to = message.recipients();
    String name = message.stream().name();
    return switch (message.stream().kind()) {
      case USER ->
          to.session()
              .map(session -> name + ", session " + session)
              .or(() -> to.device().map(device -> name + " / " + device))
              .orElse(name);
      case TOPIC -> "topic " + name;
      case BROADCAST -> to.selector().map(selector -> "audience " + selector).orElse("everyone");
    };
  }

  static String stream(StreamKey stream) {
    return switch (stream.kind()) {
      case USER -> "user " + stream.name();
      case TOPIC -> "topic " + stream.name();
      case BROADCAST -> "broadcasts";
    };
  }
}
