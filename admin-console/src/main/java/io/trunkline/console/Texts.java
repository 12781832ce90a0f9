package io.trunkline.console;

import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.StreamKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
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

  private static final int BINARY = 1024;
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

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

  /** The two largest units, for example {@code 1 min 40 s}; less than a second in ms. */
  static String longer(Duration duration) {
    if (duration.toSeconds() == 0 && duration.toMillis() > 0) {
      return duration.toMillis() + " ms";
    }
    String largest = duration(duration);
    if (duration.toHours() > 0) {
      int minutes = duration.toMinutesPart();
      return duration.toDays() > 0 || minutes == 0 ? largest : largest + " " + minutes + " min";
    }
    int seconds = duration.toSecondsPart();
    return duration.toMinutes() == 0 || seconds == 0 ? largest : largest + " " + seconds + " s";
  }

  /** For example {@code 1.5 MiB}. */
  static String bytes(long bytes) {
    long unit = 1;
    int at = 0;
    while (bytes / unit >= BINARY && at < UNITS.size() - 1) {
      unit *= BINARY;
      at++;
    }
    return at == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, "%.1f %s", (double) bytes / unit, UNITS.get(at));
  }

  /** A share of a whole in percent, from 0 to 100; of nothing it is 0. */
  static int percent(double part, double whole) {
    return whole <= 0 ? 0 : (int) Math.round(Math.clamp(part / whole, 0, 1) * 100);
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
