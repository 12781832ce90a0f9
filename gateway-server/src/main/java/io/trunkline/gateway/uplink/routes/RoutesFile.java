package io.trunkline.gateway.uplink.routes;

import io.trunkline.configuration.Size;
import io.trunkline.configuration.Suggestion;
import io.trunkline.gateway.uplink.routes.Protection.Breaker;
import io.trunkline.gateway.uplink.routes.RouteLines.Entry;
import io.trunkline.gateway.uplink.routes.RouteProblem.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a routes file: {@code java.util.Properties} in UTF-8, keys {@code <service>.<key>}. It is
 * taken as a whole or not at all.
 */
public final class RoutesFile {
  private static final int MAX_BYTES = 1 << 20;

  /** With the signature of an overload, or the star. */
  private static final Pattern METHOD = Pattern.compile("[A-Za-z0-9_-]{1,64}(\\([^)]*\\))?|\\*");

  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
  private static final Pattern STATUS_CODE = Pattern.compile("[1-5]\\d\\d");
  private static final int DEFAULT_CONNECTIONS = 64;
  private static final int DEFAULT_FAILURES_PERCENT = 50;
  private static final int DEFAULT_BREAKER_CALLS = 20;
  private static final Duration DEFAULT_OPEN_FOR = Duration.ofSeconds(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String[] OF_HTTP = {
    "url", "method.", "header.", "status.", "trust", "connections"
  };

  private final Map<String, Boolean> inProcess;
  private final Map<String, String> environment;

  /**
   * A reader of routes files.
   *
   * @param inProcess services that the gateway was started with; false: answers on event loops
   * @param environment for {@code ${ENV:NAME}}
   */
  public RoutesFile(Map<String, Boolean> inProcess, Map<String, String> environment) {
    this.inProcess = Map.copyOf(inProcess);
    this.environment = Map.copyOf(environment);
  }

  /**
   * Reads a file.
   *
   * @return the services in it, by name
   * @throws RoutesException with all that is wrong
   */
  public List<RouteSpec> read(Path file) throws RoutesException {
    List<RouteProblem> problems = new ArrayList<>();
    List<RouteSpec> routes = new ArrayList<>();
    String text = text(file, problems);
    for (Map.Entry<String, Map<String, Entry>> service :
        RouteLines.read(text, problems).entrySet()) {
      var keys = new ServiceKeys(service.getKey(), service.getValue(), problems);
      RouteSpec route = route(keys, file);
      if (route != null) {
        routes.add(route);
      }
    }
    if (!problems.isEmpty()) {
      problems.sort(Comparator.comparingInt(RouteProblem::line));
      throw new RoutesException(file.toString(), problems);
    }
    return routes;
  }

  private static String text(Path file, List<RouteProblem> problems) {
    try {
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      }
      if (bytes.length > MAX_BYTES) {
        problems.add(unreadable("it is larger than " + new Size(MAX_BYTES)));
        return "";
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      problems.add(unreadable("it is not UTF-8"));
    } catch (IOException e) {
      problems.add(unreadable(e.toString()));
    }
    return "";
  }

  private static RouteProblem unreadable(String why) {
    return new RouteProblem(Code.UNREADABLE, 0, "", why);
  }

  private @Nullable RouteSpec route(ServiceKeys keys, Path file) {
    String kind = keys.take("backend", Values::backEndKind);
    if (kind == null && inProcess.containsKey(keys.service())) {
      kind = "java";
    }
    if (kind == null) {
      keys.missing("backend", () -> "must be java, http or jms" + likeInProcess(keys.service()));
      return null;
    }
    BackEndSpec backEnd =
        switch (kind) {
          case "http" -> http(keys, file);
          case "jms" -> jms(keys);
          default -> inProcess(keys);
        };
    Protection protection = protection(keys, !kind.equals("java"));
    keys.refuseTheRest();
    return backEnd == null ? null : new RouteSpec(keys.service(), backEnd, protection, keys.line());
  }

  private String likeInProcess(String service) {
    return Suggestion.closest(service, List.copyOf(inProcess.keySet()))
        .map(closest -> "; did you mean the service '" + closest + "'?")
        .orElse("");
  }

  private @Nullable BackEndSpec inProcess(ServiceKeys keys) {
    keys.misplaced("is for http back ends", OF_HTTP);
    keys.misplaced("is for jms back ends", "queue");
    Boolean blocking = inProcess.get(keys.service());
    if (blocking == null) {
      keys.problem(
          Code.UNKNOWN_SERVICE,
          "backend",
          "the gateway has no service '"
              + keys.service()
              + "' in its process"
              + likeInProcess(keys.service()));
      return null;
    }
    if (!blocking) {
      keys.misplaced(
          "'" + keys.service() + "' answers at once: nothing waits, runs long or side by side",
          "timeout",
          "max-concurrent",
          "max-queued");
    }
    return new BackEndSpec.InProcess();
  }

  private @Nullable BackEndSpec http(ServiceKeys keys, Path file) {
    keys.misplaced("is for jms back ends", "queue");
    var url = keys.take("url", Values::url);
    if (url == null) {
      keys.missing("url", () -> "must be given, such as http://127.0.0.1:9000/api");
    }
    if (!keys.anyBegins("method.")) {
      keys.missing("method.*", () -> "no method is given: one at least, or '*' for all");
    }
    Map<String, String> methods =
        keys.takeAll("method.", METHOD.asMatchPredicate(), Values::methodLine);
    Map<String, String> headers =
        keys.takeAll("header.", HEADER.asMatchPredicate(), Values.header(environment));
    Map<Integer, io.trunkline.protocol.v1.Status> statuses = new LinkedHashMap<>();
    keys.takeAll("status.", STATUS_CODE.asMatchPredicate(), Values::status)
        .forEach((code, status) -> statuses.put(Integer.valueOf(code), status));
    List<X509Certificate> trusted = keys.take("trust", Values.certificates(file));
    if (trusted != null && url != null && !"https".equals(url.getScheme())) {
      keys.problem(Code.MISPLACED_KEY, "trust", "is for an https address");
    }
    Integer connections = keys.take("connections", Values.whole(1, 10_000));
    return url == null
        ? null
        : new BackEndSpec.Http(
            url,
            methods,
            headers,
            statuses,
            or(trusted, List.of()),
            or(connections, DEFAULT_CONNECTIONS));
  }

  private static BackEndSpec jms(ServiceKeys keys) {
    keys.misplaced("is for http back ends", OF_HTTP);
    String queue = keys.take("queue", Values::queue);
    return new BackEndSpec.Jms(or(queue, "trunkline.uplink." + keys.service()));
  }

  private static Protection protection(ServiceKeys keys, boolean remote) {
    return new Protection(
        keys.take("timeout", Values.duration(Duration.ofMillis(1), HOUR)),
        keys.take("max-concurrent", Values.whole(1, 100_000)),
        keys.take("max-queued", Values.whole(0, 1_000_000)),
        keys.take("max-request", Values.size(new Size(1), new Size(1L << 30))),
        new Protection.Rates(
            keys.take("rate.user", Values::rate),
            keys.take("rate.session", Values::rate),
            keys.take("rate.service", Values::rate)),
        breaker(keys, remote));
  }

  private static @Nullable Breaker breaker(ServiceKeys keys, boolean remote) {
    boolean byDefault = remote || keys.anyBegins("breaker.");
    boolean on = or(keys.take("breaker", Values::onOff), byDefault);
    Breaker breaker =
        new Breaker(
            or(keys.take("breaker.failures", Values::percent), DEFAULT_FAILURES_PERCENT),
            or(keys.take("breaker.calls", Values.whole(1, 10_000)), DEFAULT_BREAKER_CALLS),
            or(
                keys.take("breaker.open-for", Values.duration(Duration.ofMillis(10), HOUR)),
                DEFAULT_OPEN_FOR));
    return on ? breaker : null;
  }

  private static <T> T or(@Nullable T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
