package io.trunkline.gateway.uplink.routes;

import io.trunkline.gateway.uplink.routes.RouteProblem.Code;
import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The entries of a routes file by service, each with its line: {@link Properties} reads one line
 * after the other, since of a whole file it tells neither lines nor what stands there twice.
 */
final class RouteLines {
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** An entry; {@code key} is without the service. */
  record Entry(int line, String key, String value) {}

  private final Map<String, Map<String, Entry>> services = new TreeMap<>();
  private final List<RouteProblem> problems;

  private RouteLines(List<RouteProblem> problems) {
    this.problems = problems;
  }

  /** Entries by their keys, by service; what is wrong goes to the list. */
  static Map<String, Map<String, Entry>> read(String text, List<RouteProblem> problems) {
    var lines = new RouteLines(problems);
    StringBuilder logical = new StringBuilder();
    int number = 0;
    int first = 1;
    for (String line : text.split("\r\n|\r|\n", -1)) {
      number++;
      if (logical.isEmpty()) {
        first = number;
        if (isComment(line)) {
          continue;
        }
      }
      logical.append(line).append('\n');
      if (!isContinued(line)) {
        lines.entry(first, logical.toString());
        logical.setLength(0);
      }
    }
    if (!logical.isEmpty()) {
      lines.entry(first, logical.toString());
    }
    return lines.services;
  }

  private static boolean isComment(String line) {
    String text = line.stripLeading();
    return text.isEmpty() || text.charAt(0) == '#' || text.charAt(0) == '!';
  }

  private static boolean isContinued(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private void entry(int line, String text) {
    var read = new Properties();
    try {
      read.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      problems.add(new RouteProblem(Code.MALFORMED, line, "", String.valueOf(e.getMessage())));
      return;
    }
    read.forEach((key, value) -> entry(line, (String) key, ((String) value).strip()));
  }

  private void entry(int line, String key, String value) {
    int dot = key.indexOf('.');
    if (dot < 0) {
      problems.add(new RouteProblem(Code.MALFORMED, line, key, "not <service>.<key> = value"));
      return;
    }
    String service = key.substring(0, dot);
    if (!SERVICE.matcher(service).matches()) {
      problems.add(
          new RouteProblem(
              Code.MALFORMED,
              line,
              key,
              "a service's name is 1 to 64 letters, digits, '_' or '-', not '" + service + "'"));
      return;
    }
    var entry = new Entry(line, key.substring(dot + 1), value);
    Entry earlier =
        services.computeIfAbsent(service, name -> new LinkedHashMap<>()).put(entry.key(), entry);
    if (earlier != null) {
      problems.add(
          new RouteProblem(
              Code.DUPLICATE_KEY, line, key, "is in line " + earlier.line() + " already"));
    }
  }
}
