package io.trunkline.gateway.uplink.routes;

import io.trunkline.configuration.Durations;
import io.trunkline.configuration.Size;
import io.trunkline.configuration.Suggestion;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How values of the routes file are read. Each throws {@link IllegalArgumentException} with what
 * was expected; none repeats a value that may be a secret.
 */
final class Values {
  private static final Pattern ENVIRONMENT = Pattern.compile("\\$\\{([^}]*)}");
  private static final Pattern METHOD_LINE =
      Pattern.compile("(GET|HEAD|POST|PUT|PATCH|DELETE)\\s+/\\S*");
  private static final List<String> STATUSES =
      Stream.of(Status.values())
          .filter(status -> status != Status.UNRECOGNIZED)
          .map(Status::name)
          .toList();

  private Values() {}

  static Function<String, Integer> whole(int min, int max) {
    return text -> {
      int number;
      try {
        number = Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
      }
      return within(number, min, max, text);
    };
  }

  static Integer percent(String text) {
    if (!text.endsWith("%")) {
      throw new IllegalArgumentException("'" + text + "' is not a percentage such as 50%");
    }
    return whole(1, 100).apply(text.substring(0, text.length() - 1).strip());
  }

  static Function<String, Duration> duration(Duration min, Duration max) {
    return text -> within(named(Durations::parse, text), min, max, text);
  }

  static Function<String, Size> size(Size min, Size max) {
    return text -> within(named(Size::parse, text), min, max, text);
  }

  static Rate rate(String text) {
    return named(Rate::parse, text);
  }

  static Boolean onOff(String text) {
    return switch (text) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither on nor off");
    };
  }

  static String backEndKind(String text) {
    return oneOf(text, List.of("java", "http", "jms"));
  }

  static Status status(String text) {
    return Status.valueOf(oneOf(text, STATUSES));
  }

  static URI url(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is not a URL: " + e.getReason(), e);
    }
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a URL such as http://127.0.0.1:9000/api");
    }
    if (url.getRawUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
      throw new IllegalArgumentException("has only scheme, host, port and path");
    }
    return url;
  }

  static String methodLine(String text) {
    if (!METHOD_LINE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a method and a path, such as GET /orders/{id}");
    }
    return text;
  }

  static String queue(String text) {
    if (text.isEmpty() || text.chars().anyMatch(c -> Character.isWhitespace(c) || c == ',')) {
      throw new IllegalArgumentException("'" + text + "' is not the name of a queue");
    }
    return text;
  }

  /** A header's value, with what it takes from the environment. */
  static Function<String, String> header(Map<String, String> environment) {
    return text -> {
      String value = ENVIRONMENT.matcher(text).replaceAll(match -> quoted(match, environment));
      if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 127)) {
        throw new IllegalArgumentException("a header has no line breaks or control characters");
      }
      return value;
    };
  }

  private static String quoted(java.util.regex.MatchResult match, Map<String, String> environment) {
    String name = match.group(1);
    if (!name.startsWith("ENV:")) {
      throw new IllegalArgumentException(
          "'${" + name + "}' is not known; ${ENV:NAME} is the environment variable NAME");
    }
    String value = environment.get(name.substring("ENV:".length()));
    if (value == null) {
      throw new IllegalArgumentException(
          "the gateway has no environment variable " + name.substring("ENV:".length()));
    }
    return Matcher.quoteReplacement(value);
  }

  /**
   * The certificates in a PEM file, whose name is relative to the folder of the routes file. They
   * are read each time, so that a file that was renewed is taken over with the next reload.
   */
  static Function<String, List<X509Certificate>> certificates(Path routesFile) {
    return text -> {
      Path file = routesFile.toAbsolutePath().resolveSibling(text);
      try (var in = Files.newInputStream(file)) {
        List<X509Certificate> certificates =
            CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                .map(X509Certificate.class::cast)
                .toList();
        if (certificates.isEmpty()) {
          throw new IllegalArgumentException("there is no certificate in " + file);
        }
        return certificates;
      } catch (NoSuchFileException e) {
        throw new IllegalArgumentException("there is no file " + file, e);
      } catch (IOException | CertificateException e) {
        throw new IllegalArgumentException(
            file + " cannot be read as certificates (PEM): " + e.getMessage(), e);
      }
    };
  }

  private static String oneOf(String text, List<String> known) {
    if (!known.contains(text)) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not one of "
              + String.join(", ", known)
              + Suggestion.closest(text, known)
                  .map(closest -> "; did you mean " + closest + "?")
                  .orElse(""));
    }
    return text;
  }

  private static <T> T named(Function<String, T> parse, String text) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
    }
  }

  private static <T extends Comparable<T>> T within(T value, T min, T max, String text) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is out of range: " + shown(min) + " to " + shown(max));
    }
    return value;
  }

  private static String shown(Object bound) {
    if (bound instanceof Duration duration) {
      return duration.toMillis() % 1_000 == 0
          ? duration.toSeconds() + "s"
          : duration.toMillis() + "ms";
    }
    return bound.toString();
  }
}
