package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls by operators: of services, and of the client of a session. */
class CallsApiTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final Http http = new Http(fixture.api());
  private final String user = "o-" + UUID.randomUUID();

  private JsonNode called(String path, String body) throws Exception {
    HttpResponse<String> answer = http.post(path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(Http.json(answer).get("took_ms").asLong()).isNotNegative();
    return Http.json(answer);
  }

  private CompletableFuture<HttpResponse<String>> calling(TestClient client, String body) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return http.post("/api/v1/sessions/" + client.sessionId() + "/calls", body);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }

  private static JsonNode outcome(CompletableFuture<HttpResponse<String>> call) throws Exception {
    HttpResponse<String> answer = call.get(60, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Http.json(answer);
  }

  private static void answer(TestClient client, Response.Builder response) throws Exception {
    client.send(Frame.newBuilder().setResponse(response).build());
  }

  @Test
  void service_isCalledWithJson_andAnswersJson() throws Exception {
    JsonNode made =
        called(
            "/api/v1/services/orders/calls",
            "{\"method\": \"create\", \"payload\": {\"item\": \"tea\", \"quantity\": 2}}");

    assertThat(made.get("status").asText()).isEqualTo("OK");
    assertThat(made.at("/payload/item").asText()).isEqualTo("tea");
    assertThat(made.get("content_type").asText()).isEqualTo("application/json");
    assertThat(made.has("message")).isFalse();
    assertThat(made.has("payload_base64")).isFalse();
  }

  @Test
  void payload_keepsItsDigits_orItsText_orItsBytes() throws Exception {
    String echo = "/api/v1/services/echo/calls";
    String digits = "{\"price\":1.10,\"exact\":0.12345678901234567890}";
    HttpResponse<String> json =
        http.post(echo, "{\"method\": \"echo\", \"payload\": %s}".formatted(digits));
    JsonNode text =
        called(
            echo, "{\"method\": \"echo\", \"payload\": \"tea\", \"content_type\": \"text/plain\"}");
    JsonNode bytes = called(echo, "{\"method\": \"echo\", \"payload_base64\": \"AAEC\"}");
    JsonNode wrong =
        called(
            echo,
            "{\"method\": \"echo\", \"payload_base64\": \"ew==\","
                + " \"content_type\": \"application/json\"}");
    JsonNode nothing = called(echo, "{\"method\": \"echo\"}");

    assertThat(json.body()).contains(digits);
    assertThat(decoded(text)).isEqualTo("tea");
    assertThat(bytes.get("payload_base64").asText()).isEqualTo("AAEC");
    assertThat(wrong.get("payload_base64").asText()).isEqualTo("ew==");
    assertThat(nothing.has("payload") || nothing.has("payload_base64")).isFalse();
  }

  private static String decoded(JsonNode result) {
    return new String(
        Base64.getDecoder().decode(result.get("payload_base64").asText()), StandardCharsets.UTF_8);
  }

  @Test
  void whatTheServiceSaysNoTo_isInTheAnswer_notInItsStatus() throws Exception {
    JsonNode unknown = called("/api/v1/services/orders/calls", "{\"method\": \"eat\"}");
    JsonNode invalid =
        called("/api/v1/services/orders/calls", "{\"method\": \"get\", \"payload\": \"x\"}");

    assertThat(unknown.get("status").asText()).isEqualTo("NOT_FOUND");
    assertThat(unknown.get("message").asText()).contains("eat");
    assertThat(invalid.get("status").asText()).isEqualTo("INVALID_ARGUMENT");
  }

  @Test
  void oneWay_isAccepted() throws Exception {
    HttpResponse<String> answer =
        http.post("/api/v1/services/echo/calls", "{\"method\": \"echo\", \"one_way\": true}");

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(Http.json(answer).get("status").asText()).isEqualTo("OK");
  }

  @Test
  void session_isCalled_andAnswers() throws Exception {
    try (var client = TestClient.login(fixture, user, "d1", Map.of())) {
      var call =
          calling(
              client,
              """
              {"service": "device", "method": "info", "payload": [1], "deadline": "20s",
               "headers": {"trace": "t-1"}}
              """);
      Request request = client.receive().getRequest();
      answer(
          client,
          Response.newBuilder()
              .setSeq(request.getSeq())
              .setStatus(Status.BUSY)
              .setMessage("in a meeting")
              .setRetryAfterMs(1_500));

      JsonNode outcome = outcome(call);
      assertThat(request.getService()).isEqualTo("device");
      assertThat(request.getMethod()).isEqualTo("info");
      assertThat(request.getPayload()).isEqualTo(ByteString.copyFromUtf8("[1]"));
      assertThat(request.getContentType()).isEqualTo("application/json");
      assertThat(request.getHeadersMap()).containsEntry("trace", "t-1");
      assertThat(request.getDeadlineMs()).isBetween(1, 20_000);
      assertThat(outcome.get("status").asText()).isEqualTo("BUSY");
      assertThat(outcome.get("message").asText()).isEqualTo("in a meeting");
      assertThat(outcome.get("retry_after").asText()).isEqualTo("PT1.5S");
      await()
          .untilAsserted(
              () ->
                  assertThat(recorded(client.sessionId()))
                      .isEqualTo("api|call|BUSY|device.info, 3 bytes"));
    }
  }

  @Test
  void sessionThatGoesAway_orDoesNotAnswer_endsTheCall() throws Exception {
    var client = TestClient.login(fixture, user, "d1", Map.of());
    var late = calling(client, "{\"service\": \"a\", \"method\": \"b\", \"deadline\": \"100ms\"}");
    assertThat(client.receive().hasRequest()).isTrue();
    assertThat(outcome(late).get("status").asText()).isEqualTo("DEADLINE_EXCEEDED");
    var lost = calling(client, "{\"service\": \"a\", \"method\": \"b\"}");
    assertThat(client.receive().hasRequest()).isTrue();

    client.hangUp();

    assertThat(outcome(lost).get("status").asText()).isEqualTo("CANCELLED");
    await()
        .untilAsserted(
            () ->
                assertThat(
                        http.post(
                                "/api/v1/sessions/" + client.sessionId() + "/calls",
                                "{\"service\": \"a\", \"method\": \"b\"}")
                            .body())
                    .contains("\"code\":\"conflict\"", "no connection at present"));
  }

  @Test
  void sessionOfAnotherNode_namesTheNode() throws Exception {
    try (Gateway other = fixture.startNode("gw-other", Map.of());
        var client = TestClient.login(fixture, user, "d1", Map.of())) {
      Http there = new Http(URI.create("http://" + other.apiAddress()));
      String path = "/api/v1/sessions/" + client.sessionId() + "/calls";
      await()
          .untilAsserted(
              () -> {
                var answer = there.post(path, "{\"service\": \"a\", \"method\": \"b\"}");
                assertThat(answer.statusCode()).isEqualTo(421);
                assertThat(Http.json(answer).get("code").asText()).isEqualTo("other_node");
                assertThat(Http.json(answer).get("node").asText()).isEqualTo("gw-test");
                assertThat(Http.json(answer).get("api_address").asText())
                    .isEqualTo(fixture.gateway().apiAddress());
              });
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "services/nowhere | {\"method\": \"a\"} | 404 | not_found",
        "sessions/01a1fb00-e742-73de-aca2-b5b0be72b837 |"
            + " {\"service\": \"a\", \"method\": \"b\"} | 404 | not_found",
        "sessions/x | {\"service\": \"a\", \"method\": \"b\"} | 400 | invalid_parameter",
        "sessions/01a1fb00-e742-73de-aca2-b5b0be72b837 | {\"method\": \"b\"} | 400 | invalid_body",
        "services/echo | {} | 400 | invalid_body",
        "services/echo | [] | 400 | invalid_body",
        "services/echo | {\"method\": \"\"} | 400 | invalid_body",
        "services/echo | {\"method\": 7} | 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"service\": \"b\"} | 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"deadline\": \"soon\"} | 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"deadline\": \"2m\"} | 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"deadline\": \"PT0.0001S\"} | 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"headers\": {\"b\": 1}} | 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"headers\": \"b\"} | 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"payload_base64\": \"?\"} | 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"payload\": 1, \"payload_base64\": \"AA==\"} | 400 |"
            + " invalid_body",
        "services/echo | {\"method\": \"a\", \"payload\": 1, \"content_type\": \"text/plain\"} |"
            + " 400 | invalid_body",
        "services/echo | {\"method\": \"a\", \"one_way\": 1} | 400 | invalid_body"
      })
  void badInput_isAProblemWithACode(String path, String body, int status, String code)
      throws Exception {
    HttpResponse<String> answer = http.post("/api/v1/" + path + "/calls", body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(Http.json(answer).get("code").asText()).isEqualTo(code);
  }

  private String recorded(String target) throws Exception {
    var db = fixture.database();
    try (var connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        var select =
            connection.prepareStatement(
                "select via, action, outcome, detail from trunkline.operator_action"
                    + " where target = ?")) {
      select.setString(1, target);
      var row = select.executeQuery();
      return row.next()
          ? String.join("|", row.getString(1), row.getString(2), row.getString(3), row.getString(4))
          : "";
    }
  }
}
