package io.trunkline.configuration;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the text of a setting becomes a value of its component's type. */
final class SettingType {
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
        return DurationText.parse(text);
      } else if (type == Size.class) {
        return Size.parse(text);
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
