package io.trunkline.configuration;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How the text of a setting becomes a value of its component's type. */
final class SettingType {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

  private SettingType() {}

  /**
   * @throws IllegalArgumentException with what was expected, if the text is not a value of the type
   */
  static Object parse(Class<?> type, String text) {
    try {
      if (type == String.class) {
        return text;
      } else if (type == int.class || type == Integer.class) {
        return Integer.valueOf(text);
      } else if (type == long.class || type == Long.class) {
        return Long.valueOf(text);
      } else if (type == double.class || type == Double.class) {
        return Double.valueOf(text);
      } else if (type == boolean.class || type == Boolean.class) {
        return parseBoolean(text);
      } else if (type == Duration.class) {
        return parseDuration(text);
      } else if (type == Size.class) {
        return Size.parse(text);
      } else if (type == AddressRange.class) {
        return AddressRange.parse(text);
      } else if (type == Path.class) {
        return Path.of(text);
      } else if (type == URI.class) {
        return URI.create(text);
      } else if (type.isEnum()) {
        return parseEnum(type, text);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a whole number in range", e);
    }
    throw new IllegalStateException("settings have no type " + type.getName());
  }

  private static Boolean parseBoolean(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("not true or false");
    };
  }

  static Duration parseDuration(String text) {
    if (text.startsWith("P")) {
      try {
        return Duration.parse(text);
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("not an ISO 8601 duration", e);
      }
    }
    var matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a duration such as 500ms, 30s, 5m, 2h or 7d");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static Object parseEnum(Class<?> type, String text) {
    List<String> names = Arrays.stream(type.getEnumConstants()).map(SettingType::written).toList();
    int at = names.indexOf(text);
    if (at < 0) {
      throw new IllegalArgumentException("not one of " + String.join(", ", names));
    }
    return type.getEnumConstants()[at];
  }

  private static String written(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Negative, zero or positive as the value is under, at or over the bound. */
  @SuppressWarnings("unchecked")
  static int compareToBound(Object value, String bound) {
    return ((Comparable<Object>) value).compareTo(parse(value.getClass(), bound));
  }
}
