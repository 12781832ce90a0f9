package io.trunkline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.Caller;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.typed.Param;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The gateway calls one session, over real sockets. */
class SessionCallsTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** The setting's default. */
  private static final int MAX_CALLS = 256;

  private final GatewayFixture fixture = GatewayFixture.shared();
  private final HttpClient http = HttpClient.newHttpClient();
  private final String user = "c-" + UUID.randomUUID();

  private TestClient login() throws IOException {
    return TestClient.login(fixture, user, "d1", Map.of());
  }

  private Caller caller(TestClient client) {
    return fixture.gateway().caller(UUID.fromString(client.sessionId()));
  }

  private static OutgoingCall call(String payload, Duration timeout) {
    return new OutgoingCall(
        "device",
        "echo",
        ByteString.copyFromUtf8(payload),
        "text/plain",
        Map.of("trace", "t-1"),
        timeout);
  }

  private static Request request(TestClient client) throws IOException {
    Frame frame = client.receive();
    assertThat(frame.hasRequest()).as("%s is a Request", frame).isTrue();
    return frame.getRequest();
  }

  private static void answer(TestClient client, long seq, String text) throws IOException {
    client.send(
        Frame.newBuilder()
            .setResponse(
                Response.newBuilder().setSeq(seq).setPayload(ByteString.copyFromUtf8(text)))
            .build());
  }

  private static CallResult outcome(CompletableFuture<CallResult> call) throws Exception {
    return call.get(60, TimeUnit.SECONDS);
  }

  private static void assertLives(TestClient client) throws IOException {
    client.send(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(77)).build());
    assertThat(client.receive().getPong().getNonce()).isEqualTo(77);
  }

  private long counter(String name) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(fixture.api() + "/observe/metrics")).build();
    return http.send(request, BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "_total{") && line.contains("node=\"gw-test\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void call_reachesTheClient_andItsAnswerTheCaller() throws Exception {
    try (var client = login()) {
      CompletableFuture<CallResult> one = caller(client).call(call("one", LONG));
      CompletableFuture<CallResult> two = caller(client).call(call("two", LONG));
      Request first = request(client);
      Request second = request(client);
      answer(client, second.getSeq(), "second");
      answer(client, first.getSeq(), "first");

      assertThat(first.getService()).isEqualTo("device");
      assertThat(first.getMethod()).isEqualTo("echo");
      assertThat(first.getPayload().toStringUtf8()).isEqualTo("one");
      assertThat(first.getHeadersMap()).containsEntry("trace", "t-1");
      assertThat(first.getDeadlineMs()).isBetween(30_000, 60_000);
      assertThat(outcome(one).text()).isEqualTo("first");
      assertThat(outcome(two).text()).isEqualTo("second");
    }
  }

  interface Printer {
    CompletableFuture<String> print(@Param("text") String text, @Param("copies") int copies);
  }

  @Test
  void serviceOfAClient_isCalledByItsInterface() throws Exception {
    try (var client = login()) {
      Printer printer =
          fixture
              .gateway()
              .service(UUID.fromString(client.sessionId()), Printer.class, Duration.ofSeconds(20));

      CompletableFuture<String> printed = printer.print("tea", 2);
      Request request = request(client);
      client.send(
          Frame.newBuilder()
              .setResponse(
                  Response.newBuilder()
                      .setSeq(request.getSeq())
                      .setContentType("application/json")
                      .setPayload(ByteString.copyFromUtf8("\"done\"")))
              .build());

      assertThat(request.getService()).isEqualTo("Printer");
      assertThat(request.getMethod()).isEqualTo("print");
      assertThat(request.getPayload().toStringUtf8()).isEqualTo("{\"text\":\"tea\",\"copies\":2}");
      assertThat(printed.get(60, TimeUnit.SECONDS)).isEqualTo("done");
    }
  }

  @Test
  void oneWayCall_isHandedOn_andWaitsForNothing() throws Exception {
    try (var client = login()) {
      CompletableFuture<CallResult> call = caller(client).callOneWay(call("x", LONG));

      assertThat(outcome(call).status()).isEqualTo(Status.OK);
      assertThat(request(client).getOneWay()).isTrue();
    }
  }

  @Test
  void foreignAndRepeatedAnswers_areCountedAndIgnored_andTheSessionLives() throws Exception {
    long before = counter("trunkline_client_stray_answers");
    try (var client = login()) {
      answer(client, 4711, "nobody has called yet");
      assertLives(client);
      CompletableFuture<CallResult> call = caller(client).call(call("x", LONG));
      long seq = request(client).getSeq();
      answer(client, seq + 1_000, "foreign");
      answer(client, 0, "foreign");
      answer(client, seq, "first");
      answer(client, seq, "second");

      assertThat(outcome(call).text()).isEqualTo("first");
      assertLives(client);
      await()
          .untilAsserted(
              () -> assertThat(counter("trunkline_client_stray_answers")).isEqualTo(before + 4));
    }
  }

  @Test
  void clientThatDoesNotAnswer_isLate_andItsAnswerAfterwardsIsDropped() throws Exception {
    long late = counter("trunkline_client_calls_late");
    try (var client = login()) {
      CompletableFuture<CallResult> call = caller(client).call(call("x", Duration.ofMillis(80)));
      long seq = request(client).getSeq();

      assertThat(outcome(call).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
      answer(client, seq, "too late");
      assertLives(client);
      assertThat(call.join().status()).isEqualTo(Status.DEADLINE_EXCEEDED);
      await()
          .untilAsserted(
              () -> assertThat(counter("trunkline_client_calls_late")).isEqualTo(late + 1));
    }
  }

  @Test
  void lostConnection_cancelsTheCall() throws Exception {
    var client = login();
    CompletableFuture<CallResult> call = caller(client).call(call("x", LONG));
    Request unused = request(client);

    client.hangUp();

    assertThat(unused.getSeq()).isPositive();
    assertThat(outcome(call).status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  void caller_mayBeKept_whileTheClientComesAndGoes() throws Exception {
    TestClient first = TestClient.connect(fixture.clientHost(), fixture.clientPort());
    first.hello(fixture.token(user), "d1", Map.of());
    Welcome welcome = first.receive().getWelcome();
    Caller caller = fixture.gateway().caller(UUID.fromString(welcome.getSessionId()));
    first.hangUp();
    await()
        .untilAsserted(
            () ->
                assertThat(outcome(caller.call(call("x", LONG))).status())
                    .isIn(Status.UNAVAILABLE));

    try (var second = TestClient.connect(fixture.clientHost(), fixture.clientPort())) {
      second.hello(fixture.token(user), "d1", welcome.getResumeToken());
      assertThat(second.receive().getWelcome().getResumed()).isTrue();
      CompletableFuture<CallResult> call = caller.call(call("x", LONG));
      answer(second, request(second).getSeq(), "back again");

      assertThat(outcome(call).text()).isEqualTo("back again");
    }
  }

  @Test
  void tooLargeForAClient_isNotSent() throws Exception {
    try (var client = login()) {
      CompletableFuture<CallResult> call = caller(client).call(call("x".repeat(1 << 20), LONG));

      assertThat(outcome(call).status()).isEqualTo(Status.TOO_LARGE);
      assertLives(client);
    }
  }

  @Test
  void manyCallsAtOnce_areBusyBeyondTheBound_eachHasOneOutcome_andTheCountersAddUp()
      throws Exception {
    Map<String, Long> before = counters();
    var client = login();
    Caller caller = caller(client);

    List<CompletableFuture<CallResult>> calls = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      calls.add(caller.call(call("", LONG)));
    }
    await().until(() -> calls.stream().filter(call -> !call.isDone()).count() <= MAX_CALLS);
    try (var other = TestClient.login(fixture, user, "d2", Map.of())) {
      CompletableFuture<CallResult> call = caller(other).call(call("x", LONG));
      answer(other, request(other).getSeq(), "undisturbed");
      assertThat(outcome(call).text()).isEqualTo("undisturbed");
    }
    client.hangUp();

    Map<Status, Integer> outcomes = new EnumMap<>(Status.class);
    for (CompletableFuture<CallResult> call : calls) {
      outcomes.merge(outcome(call).status(), 1, Integer::sum);
    }
    assertThat(outcomes)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(Status.CANCELLED, MAX_CALLS, Status.BUSY, 100_000 - MAX_CALLS));
    await()
        .untilAsserted(
            () -> {
              Map<String, Long> counted = counters();
              counted.replaceAll((name, value) -> value - before.getOrDefault(name, 0L));
              assertThat(counted)
                  .containsEntry("calls", 100_001L)
                  .containsEntry("calls_refused", 100_000L - MAX_CALLS)
                  .containsEntry("calls_sent", MAX_CALLS + 1L)
                  .containsEntry("calls_answered", 1L)
                  .containsEntry("calls_lost", (long) MAX_CALLS)
                  .containsEntry("calls_late", 0L)
                  .containsEntry("calls_one_way", 0L);
            });
  }

  private Map<String, Long> counters() throws Exception {
    Map<String, Long> counters = new HashMap<>();
    for (String name :
        List.of(
            "calls",
            "calls_refused",
            "calls_sent",
            "calls_answered",
            "calls_lost",
            "calls_late",
            "calls_one_way")) {
      counters.put(name, counter("trunkline_client_" + name));
    }
    return counters;
  }

  @Test
  void clientThatTakesNothing_isBusy_beforeMuchIsWaitingForIt() throws Exception {
    var client = login();
    Caller caller = caller(client);
    String large = "x".repeat(900 << 10);

    await()
        .until(
            () ->
                caller
                    .callOneWay(call(large, LONG))
                    .get(60, TimeUnit.SECONDS)
                    .message()
                    .contains("takes no more for now"));
    client.hangUp();
  }

  @Test
  void sessionThatIsNotHere_isUnavailable() throws Exception {
    CallResult result = outcome(fixture.gateway().caller(UUID.randomUUID()).call(call("x", LONG)));

    assertThat(result.status()).isEqualTo(Status.UNAVAILABLE);
  }

  @Test
  void callBeforeAnyHello_isNotPossible_andAnswersThenAreUnexpected() throws Exception {
    try (var client = TestClient.connect(fixture.clientHost(), fixture.clientPort())) {
      answer(client, 1, "before Hello");

      assertThat(client.receive().hasError()).isTrue();
    }
  }
}
