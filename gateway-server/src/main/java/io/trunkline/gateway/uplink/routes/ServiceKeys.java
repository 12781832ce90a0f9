package io.trunkline.gateway.uplink.routes;

import io.trunkline.configuration.Suggestion;
import io.trunkline.gateway.uplink.routes.RouteLines.Entry;
import io.trunkline.gateway.uplink.routes.RouteProblem.Code;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one service, taken out one by one; what nobody took is unknown. Wrong values go to
 * the list of problems and count as not given.
 */
final class ServiceKeys {
  private final String service;
  private final Map<String, Entry> left;
  private final List<RouteProblem> problems;
  private final List<String> known = new ArrayList<>();
  private final int line;

  ServiceKeys(String service, Map<String, Entry> entries, List<RouteProblem> problems) {
    this.service = service;
    this.left = new LinkedHashMap<>(entries);
    this.problems = problems;
    this.line = entries.values().stream().mapToInt(Entry::line).min().orElse(0);
  }

  String service() {
    return service;
  }

  /** Where the service is first named. */
  int line() {
    return line;
  }

  /** The value of a key; null if it is not given, or wrong. */
  <T> @Nullable T take(String key, Function<String, T> parse) {
    known.add(key);
    Entry entry = left.remove(key);
    return entry == null ? null : parse(entry, parse);
  }

  /** All keys that begin so, without the beginning. */
  <T> Map<String, T> takeAll(String prefix, Predicate<String> name, Function<String, T> parse) {
    known.add(prefix + "<name>");
    Map<String, T> taken = new LinkedHashMap<>();
    for (Entry entry : List.copyOf(left.values())) {
      if (entry.key().startsWith(prefix)) {
        left.remove(entry.key());
        String rest = entry.key().substring(prefix.length());
        if (!name.test(rest)) {
          problem(Code.MALFORMED, entry, "'" + rest + "' cannot stand behind '" + prefix + "'");
          continue;
        }
        T value = parse(entry, parse);
        if (value != null) {
          taken.put(rest, value);
        }
      }
    }
    return taken;
  }

  /** Keys of another kind of back end: naming one is an error that says so. */
  void misplaced(String why, String... keys) {
    for (String key : keys) {
      for (Entry entry : List.copyOf(left.values())) {
        if (entry.key().equals(key) || (key.endsWith(".") && entry.key().startsWith(key))) {
          left.remove(entry.key());
          problem(Code.MISPLACED_KEY, entry, why);
        }
      }
    }
  }

  /** Whether any key begins so. */
  boolean anyBegins(String prefix) {
    return left.keySet().stream().anyMatch(key -> key.startsWith(prefix));
  }

  /** What must be given, was not, and is no wrong value that has been told of. */
  void missing(String key, Supplier<String> why) {
    boolean told = problems.stream().anyMatch(problem -> problem.key().equals(service + "." + key));
    if (!told) {
      problems.add(new RouteProblem(Code.MISSING_KEY, line, service + "." + key, why.get()));
    }
  }

  void problem(Code code, String key, String message) {
    problems.add(new RouteProblem(code, line, service + "." + key, message));
  }

  /** All that nobody took. */
  void refuseTheRest() {
    left.values()
        .forEach(
            entry ->
                problem(
                    Code.UNKNOWN_KEY,
                    entry,
                    Suggestion.closest(entry.key(), known)
                        .map(closest -> "unknown; did you mean '" + service + "." + closest + "'?")
                        .orElse("unknown; there are " + String.join(", ", known))));
  }

  private <T> @Nullable T parse(Entry entry, Function<String, T> parse) {
    try {
      return parse.apply(entry.value());
    } catch (IllegalArgumentException e) {
      problem(Code.INVALID_VALUE, entry, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void problem(Code code, Entry entry, String message) {
    problems.add(new RouteProblem(code, entry.line(), service + "." + entry.key(), message));
  }
}
