package io.trunkline.gateway.uplink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.Calls;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the JDK's server, which keeps to the rules. */
class HttpBackEndTest {
  private static final CallIdentity IDENTITY =
      CallIdentity.of(List.of("shop-id", "role"), Optional.empty(), Clock.systemUTC());

  /** What the server saw. */
  private record Seen(String request, Map<String, List<String>> headers, String body) {
    String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }
  }

  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final List<InetSocketAddress> peers = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private HttpBackEnd orders;

  /** What the server answers: a status, headers and a body. */
  private record Answer(int status, Map<String, String> headers, String body) {}

  private volatile Answer answer =
      new Answer(200, Map.of("Content-Type", "application/json"), "{\"a\":1}");

  private volatile CountDownLatch gate = new CountDownLatch(0);

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
    orders =
        open(
            Map.of(
                "get", "GET /orders/{id}",
                "list", "GET /orders?sort=date",
                "delete", "DELETE /orders/{id}",
                "exists", "HEAD /orders/{id}",
                "update", "PUT /orders/{id}/lines/{line}",
                "create", "POST /orders"),
            Map.of("X-Api-Key", "k1"),
            Map.of(410, Status.NOT_FOUND));
  }

  private HttpBackEnd open(
      Map<String, String> methods, Map<String, String> headers, Map<Integer, Status> statuses) {
    URI url = URI.create("http://localhost:" + server.getAddress().getPort() + "/api/");
    return HttpBackEnd.open(
        "orders",
        new HttpBackEnd.Options(url, methods, headers, statuses, List.of(), 2),
        IDENTITY,
        100_000);
  }

  @AfterEach
  void stop() {
    gate.countDown();
    orders.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      seen.add(
          new Seen(
              exchange.getRequestMethod() + " " + exchange.getRequestURI(),
              Map.copyOf(exchange.getRequestHeaders()),
              body));
      peers.add(exchange.getRemoteAddress());
      gate.await();
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      boolean none = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.status(), none ? -1 : bytes.length);
      if (!none) {
        exchange.getResponseBody().write(bytes);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CallResult call(String method, String payload) throws InterruptedException {
    return orders.handle(Calls.json("orders", method, payload));
  }

  private Seen only() {
    assertThat(seen).hasSize(1);
    return seen.getFirst();
  }

  @Test
  void get_fieldsGoIntoPathAndQuery() throws Exception {
    CallResult result =
        call("get", "{\"id\":7,\"lang\":\"zh CN&x\",\"tag\":[1,\"é\"],\"no\":null}");

    assertThat(result.status()).as(result.message()).isEqualTo(Status.OK);
    assertThat(result.text()).isEqualTo("{\"a\":1}");
    assertThat(result.contentType()).isEqualTo("application/json");
    assertThat(only().request()).isEqualTo("GET /api/orders/7?lang=zh%20CN%26x&tag=1&tag=%C3%A9");
    assertThat(only().body()).isEmpty();
  }

  @Test
  void get_withAQueryInItsTemplate_addsToIt() throws Exception {
    assertThat(call("list", "").ok()).isTrue();
    assertThat(call("list", "{\"page\":2}").ok()).isTrue();

    assertThat(seen.stream().map(Seen::request))
        .containsExactly("GET /api/orders?sort=date", "GET /api/orders?sort=date&page=2");
  }

  @Test
  void put_fieldsOfThePathLeaveTheBody_andNumbersStayAsTheyWere() throws Exception {
    CallResult result =
        call(
            "update", "{\"id\":\"a/b\",\"line\":3,\"price\":1.10,\"big\":12345678901234567890123}");

    assertThat(result.ok()).as(result.message()).isTrue();
    assertThat(only().request()).isEqualTo("PUT /api/orders/a%2Fb/lines/3");
    assertThat(only().body()).isEqualTo("{\"price\":1.10,\"big\":12345678901234567890123}");
    assertThat(only().header("Content-type")).isEqualTo("application/json");
  }

  @Test
  void post_passesWhatIsNoJson_asItIs() throws Exception {
    CallResult result =
        orders.handle(
            Calls.of("orders", "create", "<order/>", "text/xml", Map.of(), Duration.ofSeconds(10)));

    assertThat(result.ok()).as(result.message()).isTrue();
    assertThat(only().body()).isEqualTo("<order/>");
    assertThat(only().header("Content-type")).isEqualTo("text/xml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "get    | {}                 | no field 'id'",
        "get    | {\"id\":null}      | no field 'id'",
        "get    | {\"id\":\"\"}      | 'id' is empty",
        "get    | {\"id\":\"..\"}    | '.' or '..'",
        "get    | {\"id\":{\"a\":1}} | 'id' must be",
        "get    | {\"id\":1,\"x\":{}}| 'x' cannot be put into a query",
        "get    | [1]                | JSON object",
        "get    | {\"id\":           | not JSON",
        "update | {\"id\":1}         | no field 'line'",
      })
  void payloadThatDoesNotFit_isSaidWhichFieldAndWhy(String method, String payload, String why)
      throws Exception {
    CallResult result = call(method, payload);

    assertThat(result.status()).isEqualTo(Status.INVALID_ARGUMENT);
    assertThat(result.message()).contains(why);
    assertThat(seen).isEmpty();
  }

  @Test
  void fieldWithDotsOrSlashes_staysOneSegment() throws Exception {
    assertThat(call("get", "{\"id\":\"../../admin;v?x#y\"}").ok()).isTrue();

    assertThat(only().request()).isEqualTo("GET /api/orders/..%2F..%2Fadmin%3Bv%3Fx%23y");
  }

  @Test
  void template_isSentAsItIsWritten() throws Exception {
    String target = "/a+b%3Bv=1/(x)/%7E!$&'*,:@=.._~/?q=a+b&r=%2F?";
    try (HttpBackEnd odd = open(Map.of("get", "GET " + target), Map.of(), Map.of())) {
      assertThat(odd.handle(Calls.json("orders", "get", "")).ok()).isTrue();
    }

    assertThat(only().request()).isEqualTo("GET /api" + target);
  }

  @Test
  void unknownMethod_isNotFound_unlessTheStarTakesIt() throws Exception {
    assertThat(call("steal", "{}").status()).isEqualTo(Status.NOT_FOUND);

    try (HttpBackEnd all = open(Map.of("*", "POST /rpc/{method}"), Map.of(), Map.of())) {
      assertThat(all.handle(Calls.json("orders", "steal", "{\"method\":\"x\"}")).ok()).isTrue();
      assertThat(all.handle(Calls.json("orders", "get(long)", "[1]")).ok()).isTrue();
      assertThat(all.handle(Calls.json("orders", "../x", "{}")).status())
          .isEqualTo(Status.NOT_FOUND);
    }
    assertThat(seen.stream().map(Seen::request))
        .containsExactly("POST /api/rpc/steal", "POST /api/rpc/get");
    assertThat(seen.getFirst().body()).isEqualTo("{\"method\":\"x\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "200, OK",
    "201, OK",
    "204, OK",
    "301, INTERNAL",
    "304, INTERNAL",
    "400, INVALID_ARGUMENT",
    "401, PERMISSION_DENIED",
    "403, PERMISSION_DENIED",
    "404, NOT_FOUND",
    "405, INVALID_ARGUMENT",
    "409, CONFLICT",
    "410, NOT_FOUND",
    "413, TOO_LARGE",
    "422, INVALID_ARGUMENT",
    "429, RATE_LIMITED",
    "500, INTERNAL",
    "501, INTERNAL",
    "502, UNAVAILABLE",
    "503, UNAVAILABLE",
    "504, UNAVAILABLE"
  })
  void statusOfHttp_becomesTheOutcome(int code, Status expected) throws Exception {
    answer = new Answer(code, Map.of("Location", "/elsewhere"), "");

    CallResult result = call("get", "{\"id\":1}");

    assertThat(result.status()).isEqualTo(expected);
    assertThat(seen).as("not followed, not repeated").hasSize(1);
    if (!result.ok()) {
      assertThat(result.message()).contains("'orders' answered " + code);
    }
  }

  @Test
  void problemDocument_givesTheMessage_andIsPassedOn() throws Exception {
    String problem = "{\"title\":\"Gone\",\"detail\":\"order 7 was\\r\\ncancelled\"}";
    answer = new Answer(409, Map.of("Content-Type", "application/problem+json"), problem);

    CallResult result = call("get", "{\"id\":7}");

    assertThat(result.status()).isEqualTo(Status.CONFLICT);
    assertThat(result.message()).isEqualTo("order 7 was cancelled");
    assertThat(result.text()).isEqualTo(problem);
    assertThat(result.contentType()).isEqualTo("application/problem+json");
  }

  @Test
  void pageOfAnError_staysHere() throws Exception {
    answer = new Answer(500, Map.of("Content-Type", "text/html"), "<h1>at Secret.java:17</h1>");

    CallResult result = call("get", "{\"id\":7}");

    assertThat(result.message()).isEqualTo("'orders' answered 500 Internal Server Error");
    assertThat(result.payload().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"7, 7", "99999999, 3600", "-1, 0", "soon, 0"})
  void retryAfter_isPassedOn_withinReason(String text, long seconds) throws Exception {
    answer = new Answer(503, Map.of("Retry-After", text), "");

    assertThat(call("get", "{\"id\":7}").retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void retryAfterAsADate_isTheTimeUntilThen() throws Exception {
    answer = new Answer(429, Map.of("Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"), "");

    assertThat(call("get", "{\"id\":7}").retryAfter()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void head_hasNoBody_andTheConnectionIsUsedAgain() throws Exception {
    assertThat(call("exists", "{\"id\":7}").ok()).isTrue();
    assertThat(call("get", "{\"id\":7}").text()).isEqualTo("{\"a\":1}");

    assertThat(peers.stream().distinct()).hasSize(1);
  }

  @Test
  void backEnd_isToldWhoCalls_andNothingThatTheClientMadeUp() throws Exception {
    Map<String, String> forged =
        Map.of(
            "tl-user", "root",
            "TL-Attr-Role", "admin",
            "Host", "evil",
            "Authorization", "Bearer x",
            "X-Forwarded-For", "1.2.3.4",
            "x-api-key", "stolen",
            "X-App-Screen", "cart",
            "x-app-bad", "a\r\ntl-user: root",
            "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "tracestate", "a=b");

    CallResult result =
        orders.handle(
            Calls.of(
                Calls.caller("ålice\r\nx: y"),
                "orders",
                "get",
                "{\"id\":7}",
                "application/json",
                forged,
                Duration.ofSeconds(9)));

    assertThat(result.ok()).as(result.message()).isTrue();
    Seen request = only();
    assertThat(request.header("Tl-user")).isEqualTo("%C3%A5lice%0D%0Ax:%20y");
    assertThat(request.header("Tl-device")).isEqualTo("phone%201");
    assertThat(request.header("Tl-session")).isEqualTo(Calls.SESSION.toString());
    assertThat(request.header("Tl-attr-shop-id")).isEqualTo("7");
    assertThat(request.headers())
        .as("the client's own word, however it came")
        .doesNotContainKeys("Tl-attr-role", "Authorization", "X-forwarded-for", "X-app-bad", "X");
    assertThat(request.header("Host")).startsWith("localhost:");
    assertThat(request.header("X-api-key")).isEqualTo("k1");
    assertThat(request.header("User-agent")).isEqualTo("trunkline");
    assertThat(request.header("X-app-screen")).isEqualTo("cart");
    assertThat(request.header("Traceparent"))
        .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assertThat(request.header("Tracestate")).isEqualTo("a=b");
    assertThat(Integer.parseInt(request.header("Tl-deadline-ms"))).isBetween(1, 9_000);
  }

  @Test
  void contentTypeWithALineEnd_isRefused() throws Exception {
    CallResult result =
        orders.handle(
            Calls.of(
                "orders", "create", "x", "a/b\r\ntl-user: x", Map.of(), Duration.ofSeconds(1)));

    assertThat(result.status()).isEqualTo(Status.INVALID_ARGUMENT);
    assertThat(seen).isEmpty();
  }

  @Test
  void connections_areKept_upToTheirNumber() throws Exception {
    gate = new CountDownLatch(1);
    List<Future<CallResult>> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      calls.add(threads.submit(() -> call("get", "{\"id\":1}")));
    }
    await().until(() -> seen.size() == 5);
    gate.countDown();
    for (Future<CallResult> call : calls) {
      assertThat(call.get().ok()).isTrue();
    }

    assertThat(orders.keptConnections()).isEqualTo(2);
    assertThat(call("create", "{}").ok()).isTrue();
    assertThat(peers.subList(0, 5)).as("used again").contains(peers.get(5));
    orders.close();
    assertThat(orders.keptConnections()).isZero();
  }

  @Test
  void interrupt_endsTheExchange_andItsConnection() throws Exception {
    gate = new CountDownLatch(1);
    UplinkCall call = Calls.json("orders", "get", "{\"id\":1}");
    Future<CallResult> caught =
        threads.submit(
            () -> {
              Thread worker = Thread.currentThread();
              threads.execute(
                  () -> {
                    await().until(() -> !seen.isEmpty());
                    worker.interrupt();
                  });
              return orders.handle(call);
            });

    assertThatThrownBy(caught::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(orders.keptConnections()).isZero();
  }

  @Test
  void backEndThatIsNotThere_isUnavailable_andNothingWasDone() throws Exception {
    server.stop(0);

    CallResult result = call("create", "{}");

    assertThat(result.status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(result.message()).contains("nothing was done").doesNotContain("127.0.0.1");
    assertThat(result.retryAfter()).isPositive();
  }

  @Test
  void answerOverTheLimit_isInternal_andSaysSo() throws Exception {
    answer = new Answer(200, Map.of(), "x".repeat(100_001));

    CallResult result = call("get", "{\"id\":1}");

    assertThat(result.status()).isEqualTo(Status.INTERNAL);
    assertThat(result.message()).contains("larger than 100000 bytes");
    assertThat(orders.keptConnections()).isZero();
    answer = new Answer(200, Map.of(), "x".repeat(100_000));
    assertThat(call("get", "{\"id\":1}").payload().size()).isEqualTo(100_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ftp://h/           | GET /a     | X-A  | v        | http://",
        "http:///a          | GET /a     | X-A  | v        | names no host",
        "http://u:p@h/a     | GET /a     | X-A  | v        | must have no user",
        "http://h/a?b       | GET /a     | X-A  | v        | must have no user",
        "http://h/a         | GET a      | X-A  | v        | does not begin with '/'",
        "http://h/a         | STEAL /a   | X-A  | v        | 'STEAL' is none of",
        "http://h/a         | GET        | X-A  | v        | not a method and a path",
        "http://h/a         | GET /a/../b| X-A  | v        | '..'",
        "http://h/a         | GET /{a b} | X-A  | v        | not a method and a path",
        "http://h/a         | GET /{a    | X-A  | v        | cannot stand in a path",
        "http://h/a         | GET /a;b   | X-A  | v        | cannot stand in a path",
        "http://h/a;b       | GET /a     | X-A  | v        | as %3B",
        "http://h/a         | GET /a     | X A  | v        | not a header's name",
        "http://h/a         | GET /a     | Host | v        | set by the gateway",
        "http://h/a         | GET /a     | tl-x | v        | set by the gateway",
        "http://h/a         | GET /a     | X-A  | é        | printable ASCII",
      })
  void wrongOptions_areSaidInOneLine(
      String url, String method, String header, String value, String why) {
    var options =
        new HttpBackEnd.Options(
            URI.create(url), Map.of("get", method), Map.of(header, value), Map.of(), List.of(), 1);

    assertThatThrownBy(() -> HttpBackEnd.open("orders", options, IDENTITY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
