package io.trunkline.gateway.uplink.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trunkline.configuration.Size;
import io.trunkline.gateway.uplink.routes.RouteProblem.Code;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesFileTest {
  @TempDir private Path folder = Path.of("");

  private final RoutesFile reader =
      new RoutesFile(
          Map.of("orders", true, "echo", false), Map.of("ORDERS_KEY", "s3cret", "EMPTY", ""));

  private List<RouteSpec> read(String... lines) throws RoutesException, IOException {
    return reader.read(
        Files.writeString(folder.resolve("routes.properties"), String.join("\n", lines)));
  }

  private List<RouteProblem> problems(String... lines) {
    return catchThrowableOfType(RoutesException.class, () -> read(lines)).problems();
  }

  private RouteProblem problem(String... lines) {
    assertThat(problems(lines)).hasSize(1);
    return problems(lines).getFirst();
  }

  @Test
  void everyKey_isRead() throws Exception {
    List<RouteSpec> routes =
        read(
            "# a comment",
            "catalogue.backend = http",
            "catalogue.url = http://127.0.0.1:9000/api",
            "catalogue.method.get = GET /items/{id}",
            "catalogue.method.* = POST /{method}",
            "catalogue.header.X-Api-Key = Key ${ENV:ORDERS_KEY}!",
            "catalogue.status.409 = CONFLICT",
            "catalogue.connections = 7",
            "catalogue.timeout = 5s",
            "catalogue.max-concurrent = 3",
            "catalogue.max-queued = 4",
            "catalogue.max-request = 64KiB",
            "catalogue.rate.user = 20/s",
            "catalogue.rate.session = 600 / m",
            "catalogue.rate.service = 1000/h",
            "catalogue.breaker = on",
            "catalogue.breaker.failures = 60%",
            "catalogue.breaker.calls = 10",
            "catalogue.breaker.open-for = 500ms");

    assertThat(routes)
        .containsExactly(
            new RouteSpec(
                "catalogue",
                new BackEndSpec.Http(
                    URI.create("http://127.0.0.1:9000/api"),
                    Map.of("get", "GET /items/{id}", "*", "POST /{method}"),
                    Map.of("X-Api-Key", "Key s3cret!"),
                    Map.of(409, Status.CONFLICT),
                    List.of(),
                    7),
                new Protection(
                    Duration.ofSeconds(5),
                    3,
                    4,
                    new Size(65_536),
                    new Protection.Rates(
                        new Rate(20, 's'), new Rate(600, 'm'), new Rate(1000, 'h')),
                    new Protection.Breaker(60, 10, Duration.ofMillis(500))),
                2));
  }

  @Test
  void defaults_queueNamedAfterTheService_breakerForBackEndsInOtherProcesses() throws Exception {
    List<RouteSpec> routes = read("stock.backend = jms", "orders.backend = java");

    assertThat(routes.getFirst().service()).isEqualTo("orders");
    assertThat(routes.getFirst().protection()).isEqualTo(Protection.NONE);
    assertThat(routes.getLast().backEnd()).isEqualTo(new BackEndSpec.Jms("trunkline.uplink.stock"));
    assertThat(routes.getLast().protection().breaker())
        .isEqualTo(new Protection.Breaker(50, 20, Duration.ofSeconds(5)));
    assertThat(read("stock.backend = jms", "stock.breaker = off").getFirst().protection())
        .isEqualTo(Protection.NONE);
  }

  @Test
  void serviceInTheProcess_needsNoBackEnd_andGetsABreakerWhenItIsAskedFor() throws Exception {
    assertThat(read("orders.breaker.calls = 5").getFirst())
        .returns(new BackEndSpec.InProcess(), RouteSpec::backEnd)
        .returns(
            new Protection.Breaker(50, 5, Duration.ofSeconds(5)),
            route -> route.protection().breaker());
  }

  @Test
  void emptyFile_hasNoRoutes() throws Exception {
    assertThat(read("", "# nothing", "  ! nothing")).isEmpty();
  }

  @Test
  void continuedLines_areOne_andLaterLinesKeepTheirNumbers() throws Exception {
    assertThat(read("stock.backend = \\", "   jms").getFirst().backEnd())
        .isInstanceOf(BackEndSpec.Jms.class);
    assertThat(problem("stock.backend = \\", "   jms", "# x", "stock.quue = a").line())
        .isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          orders.timeot = 5s           | UNKNOWN_KEY     | orders.timeot        | did you mean 'orders.timeout'?
          orders.rate.usr = 5/s        | UNKNOWN_KEY     | orders.rate.usr      | did you mean 'orders.rate.user'?
          orders.colour = red          | UNKNOWN_KEY     | orders.colour        | there are
          orders.timeout = soon        | INVALID_VALUE   | orders.timeout       | 'soon': not a duration such as
          orders.timeout = 2h          | INVALID_VALUE   | orders.timeout       | out of range: 1ms to 3600s
          orders.max-concurrent = many | INVALID_VALUE   | orders.max-concurrent| 'many' is not a whole number
          orders.max-concurrent = 0    | INVALID_VALUE   | orders.max-concurrent| out of range: 1 to 100000
          orders.max-request = 5k      | INVALID_VALUE   | orders.max-request   | not a size such as
          orders.max-request = 999999999GiB | INVALID_VALUE | orders.max-request | out of range
          orders.rate.user = 20        | INVALID_VALUE   | orders.rate.user     | not a rate such as 20/s
          orders.rate.user = 0/s       | INVALID_VALUE   | orders.rate.user     | a rate is 1 to
          orders.breaker = yes         | INVALID_VALUE   | orders.breaker       | neither on nor off
          orders.breaker.failures = 5  | INVALID_VALUE   | orders.breaker.failures | not a percentage such as
          orders.breaker.failures = 0% | INVALID_VALUE   | orders.breaker.failures | out of range: 1 to 100
          orders.backend = htp         | INVALID_VALUE   | orders.backend       | did you mean http?
          stock.timeout = 5s           | MISSING_KEY     | stock.backend        | must be java, http or jms
          ordres.timeout = 5s          | MISSING_KEY     | ordres.backend       | did you mean the service 'orders'?
          ordres.backend = java        | UNKNOWN_SERVICE | ordres.backend       | no service 'ordres' in its process; did you mean the service 'orders'?
          orders.url = http://a/       | MISPLACED_KEY   | orders.url           | is for http back ends
          orders.queue = a             | MISPLACED_KEY   | orders.queue         | is for jms back ends
          echo.max-queued = 5          | MISPLACED_KEY   | echo.max-queued      | answers at once
          nodot = 5                    | MALFORMED       | nodot                | not <service>.<key> = value
          my service.timeout = 5s      | MALFORMED       | my                   | not <service>.<key> = value
          b@d.timeout = 5s             | MALFORMED       | b@d.timeout          | 1 to 64 letters
          orders.timeout = \\u00zz     | MALFORMED       | ""                   | Malformed
          """)
  void whatIsWrong_isSaid_withLineAndKey(String line, Code code, String key, String message) {
    RouteProblem problem = problem("# first", line);

    assertThat(problem.code()).as(problem.toString()).isEqualTo(code);
    assertThat(problem.key()).isEqualTo(key);
    assertThat(problem.message()).contains(message);
    assertThat(problem.line()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          s.url = ftp://host/a             | is not a URL such as
          s.url = http://host/a?b=c        | only scheme, host, port and path
          s.url = http://me:pw@host/       | only scheme, host, port and path
          s.url = http://ho st/            | is not a URL
          s.method.get = FETCH /a          | not a method and a path
          s.method.get = GET a             | not a method and a path
          s.method.a/b = GET /a            | 'a/b' cannot stand behind 'method.'
          s.header.X-Key = ${ENV:NOT_SET}  | no environment variable NOT_SET
          s.header.X-Key = ${HOME}         | ${ENV:NAME} is the environment variable NAME
          s.header.X(Y = a                 | cannot stand behind 'header.'
          s.status.409 = CONFLCT           | did you mean CONFLICT?
          s.status.999 = CONFLICT          | cannot stand behind 'status.'
          s.connections = 0                | out of range
          s.queue = a                      | is for jms back ends
          """)
  void httpBackEnd_whatIsWrong_isSaid(String line, String message) {
    String url = line.startsWith("s.url") ? "#" : "s.url = http://127.0.0.1:9000";
    assertThat(problem("s.backend = http", url, "s.method.* = POST /{method}", line))
        .returns(4, RouteProblem::line)
        .extracting(RouteProblem::message)
        .asString()
        .contains(message);
  }

  @Test
  void httpBackEnd_needsUrlAndMethods() {
    assertThat(problems("s.backend = http"))
        .extracting(RouteProblem::key)
        .containsExactly("s.url", "s.method.*");
  }

  @Test
  void allProblems_areTold_inTheOrderOfTheFile() {
    assertThat(problems("stock.queue = a b", "stock.backend = jms", "orders.tmeout = 5s", "x"))
        .extracting(RouteProblem::line)
        .containsExactly(1, 3, 4);
    assertThatThrownBy(() -> read("orders.tmeout = 5s"))
        .hasMessageContaining("routes.properties")
        .hasMessageContaining("line 1, 'orders.tmeout': unknown; did you mean 'orders.timeout'?");
  }

  @Test
  void sameKeyTwice_isAnError() {
    assertThat(problem("orders.timeout = 5s", "orders.timeout = 6s"))
        .returns(Code.DUPLICATE_KEY, RouteProblem::code)
        .returns("is in line 1 already", RouteProblem::message);
  }

  @Test
  void secretsOfHeaders_areInNoMessage() throws Exception {
    RouteSpec route =
        read(
                "s.backend = http",
                "s.url = http://h/",
                "s.method.* = POST /",
                "s.header.Authorization = Bearer ${ENV:ORDERS_KEY}")
            .getFirst();
    assertThat(route.toString()).contains("Authorization").doesNotContain("s3cret");
    assertThat(
            problem(
                "s.backend = http",
                "s.url = http://h/",
                "s.method.* = POST /",
                "s.header.A = ${ENV:ORDERS_KEY} ${ENV:NOT_SET}"))
        .extracting(RouteProblem::message)
        .asString()
        .doesNotContain("s3cret");
  }

  @Test
  void fileThatIsNoText_orTooLarge_orAFolder_isUnreadable() throws Exception {
    Path file = folder.resolve("routes.properties");
    Files.write(file, new byte[] {'a', (byte) 0xc3, '(', '\n'});
    assertUnreadable(file, "not UTF-8");
    Files.writeString(file, "#".repeat((1 << 20) + 1));
    assertUnreadable(file, "larger than 1MiB");
    assertUnreadable(folder, "");
  }

  private void assertUnreadable(Path file, String message) {
    RoutesException refused = catchThrowableOfType(RoutesException.class, () -> reader.read(file));
    assertThat(refused.problems())
        .singleElement()
        .returns(Code.UNREADABLE, RouteProblem::code)
        .extracting(RouteProblem::message)
        .asString()
        .contains(message);
  }

  @Test
  void trust_isTheCertificatesInAFileBesideIt() throws Exception {
    assertThat(keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost")).isZero();
    assertThat(keytool("-exportcert", "-rfc", "-file", folder.resolve("ours.pem").toString()))
        .isZero();

    RouteSpec route = read(https("trust = ours.pem")).getFirst();

    assertThat(((BackEndSpec.Http) route.backEnd()).trusted())
        .singleElement()
        .returns("CN=localhost", trusted -> trusted.getSubjectX500Principal().getName());
    assertThat(read(https("trust = ours.pem")))
        .as("the same, as long as the file is")
        .containsExactly(route);
  }

  private int keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storepass", "for this test only"));
    command.addAll(List.of("-keystore", folder.resolve("keys.p12").toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static String https(String line) {
    return """
        stock.backend = http
        stock.url = https://localhost:9443
        stock.method.* = POST /{method}
        stock.%s
        """
        .formatted(line);
  }

  @Test
  void trust_thatCannotBeRead_orIsOfNoUse_isAProblem() throws Exception {
    Files.writeString(folder.resolve("empty.pem"), "");
    Files.writeString(folder.resolve("odd.pem"), "-----BEGIN CERTIFICATE-----\nnot one\n");

    assertThat(problem(https("trust = missing.pem")))
        .returns(Code.INVALID_VALUE, RouteProblem::code)
        .extracting(RouteProblem::message)
        .asString()
        .contains("there is no file");
    assertThat(problem(https("trust = empty.pem")))
        .returns(Code.INVALID_VALUE, RouteProblem::code)
        .extracting(RouteProblem::message)
        .asString()
        .contains("there is no certificate in");
    assertThat(problem(https("trust = odd.pem")))
        .returns(Code.INVALID_VALUE, RouteProblem::code)
        .extracting(RouteProblem::message)
        .asString()
        .contains("cannot be read as certificates");
    assertThat(problem("stock.backend = jms", "stock.trust = a.pem"))
        .returns(Code.MISPLACED_KEY, RouteProblem::code);
    assertThat(problem(https("trust = empty.pem").replace("https:", "http:")))
        .returns(Code.INVALID_VALUE, RouteProblem::code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s", "m", "h"})
  void rate_hasItsPeriod(String unit) {
    assertThat(Rate.parse("5/" + unit).period().toSeconds())
        .isEqualTo(Map.of("s", 1L, "m", 60L, "h", 3600L).get(unit));
  }

  /** What {@code run} puts into the data folder. */
  @Test
  void exampleFile_isRight_asItIs_andWithoutItsComments() throws Exception {
    String example;
    try (var in =
        RoutesFile.class.getResourceAsStream("/io/trunkline/gateway/launcher/routes.properties")) {
      example = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(read(example)).isEmpty();
    String inUse =
        example
            .lines()
            .map(line -> line.replaceFirst("^#(?=\\w+\\.)", ""))
            .collect(Collectors.joining("\n"));
    assertThat(read(inUse))
        .extracting(route -> route.service() + " " + route.backEnd().kind())
        .containsExactly("catalogue http", "orders java", "stock jms");
  }
}
