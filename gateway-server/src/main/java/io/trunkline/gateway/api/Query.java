package io.trunkline.gateway.api;

import io.helidon.common.parameters.Parameters;
import io.trunkline.configuration.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The parameters of a request; each is known, given once, and of its type, or the request ends. */
final class Query {
  private final Map<String, String> given = new HashMap<>();

  /**
   * @param known names; one that ends with a dot stands for all names that begin so
   */
  Query(Parameters parameters, Set<String> known) {
    for (String name : parameters.names()) {
      String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
      if (!known.contains(name) && !known.contains(name.substring(0, name.indexOf('.') + 1))) {
        throw ApiException.parameter(shown, "is not known here");
      }
      List<String> values = parameters.all(name);
      if (values.size() > 1) {
        throw ApiException.parameter(shown, "is given more than once");
      }
      given.put(name, values.isEmpty() ? "" : values.getFirst());
    }
  }

  Optional<String> text(String name) {
    String value = given.get(name);
    if (value != null && value.isEmpty()) {
      throw ApiException.parameter(name, "is empty; leave it out instead");
    }
    return Optional.ofNullable(value);
  }

  Optional<String> oneOf(String name, List<String> allowed) {
    Optional<String> value = text(name);
    if (value.isPresent() && !allowed.contains(value.get())) {
      throw ApiException.parameter(name, "must be one of " + String.join(", ", allowed));
    }
    return value;
  }

  boolean flag(String name) {
    return oneOf(name, List.of("true", "false")).map(Boolean::valueOf).orElse(false);
  }

  int number(String name, int min, int max, int absent) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return absent;
    }
    try {
      int number = Integer.parseInt(value.get());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as what is out of range.
    }
    throw ApiException.parameter(name, "must be a number from " + min + " to " + max);
  }

  /** A duration that is longer than nothing. */
  Optional<Duration> duration(String name, Duration max) {
    return text(name).map(text -> duration(text, max, why -> ApiException.parameter(name, why)));
  }

  /** Makes the refusal of a value. */
  interface Refusal {
    ApiException because(String why);
  }

  static Duration duration(String text, Duration max, Refusal refusal) {
    Duration duration;
    try {
      duration = Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw refusal.because("is " + e.getMessage());
    }
    if (!duration.isPositive() || duration.compareTo(max) > 0) {
      throw refusal.because("must be longer than 0 and at most " + max);
    }
    return duration;
  }

  /** What was given under names that begin with {@code prefix}, without the prefix. */
  Map<String, String> startingWith(String prefix) {
    Map<String, String> found = new HashMap<>();
    given.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            if (name.length() == prefix.length()) {
              throw ApiException.parameter(name, "names no attribute");
            }
            found.put(name.substring(prefix.length()), value);
          }
        });
    return found;
  }
}
