package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StartupException;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers do wrong, and what they are told. */
class ProblemsTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final Http http = new Http(fixture.api());

  private static JsonNode assertProblem(HttpResponse<String> answer, int status, String code)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = Http.json(answer);
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("code").asText()).isEqualTo(code);
    assertThat(problem.get("type").asText()).isEqualTo("urn:trunkline:problem:" + code);
    assertThat(problem.get("title").asText()).isNotEmpty();
    assertThat(problem.get("detail").asText()).isNotEmpty();
    return problem;
  }

  @Test
  void badSelector_isRefusedWithItsPlace_whereverItIsGiven() throws Exception {
    var listed = http.get("/api/v1/sessions?q=platform%20%3D%20x%20y");
    var counted = http.post("/api/v1/audiences/count", "{\"selector\": \"platform = x y\"}");
    var sent = http.post("/api/v1/notifications", "{\"audience\": \"platform = x y\"}");

    for (var answer : List.of(listed, counted, sent)) {
      JsonNode problem = assertProblem(answer, 400, "invalid_selector");
      assertThat(problem.get("position").asInt()).isEqualTo(14);
      assertThat(problem.get("detail").asText())
          .isEqualTo("the selector is not valid at character 14: y is not expected here");
    }
    assertProblem(
        http.post("/api/v1/audiences/count", "{\"selector\": \"XPATH 'a'\"}"),
        400,
        "invalid_selector");
    assertProblem(http.post("/api/v1/audiences/count", "{\"selector\": 7}"), 400, "invalid_body");
    assertProblem(http.get("/api/v1/sessions?local=true&q=vip"), 400, "invalid_parameter");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/sessions",
        "/api/v1/nodes",
        "/api/v1/sessions/x",
        "/api/v1/unknown",
        "/%61pi/v1/sessions"
      })
  void withoutTheToken_everythingUnderApi_isUnauthorized(String path) throws Exception {
    for (String authorization :
        new String[] {
          "",
          "Bearer ",
          "Bearer wrong",
          "Bearer " + GatewayFixture.API_TOKEN + "x",
          "Basic " + GatewayFixture.API_TOKEN
        }) {
      var request = http.request(path).GET();
      if (!authorization.isEmpty()) {
        request.header("Authorization", authorization);
      }
      var answer = Http.send(request.build());

      assertProblem(answer, 401, "unauthorized");
      assertThat(answer.headers().firstValue("WWW-Authenticate"))
          .contains("Bearer realm=\"trunkline\"");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "colour=red, colour",
    "limit=0, limit",
    "limit=1001, limit",
    "limit=many, limit",
    "sort=age, sort",
    "state=active, state",
    "cursor=nonsense, cursor",
    "user=, user",
    "user=a&user=b, user",
    "attr.=x, attr.",
    "local=yes, local",
    "local=true&cursor=x, cursor",
    "local=true&sort=user, sort"
  })
  void badParameterOfTheList_isNamed(String parameters, String named) throws Exception {
    JsonNode problem =
        assertProblem(http.get("/api/v1/sessions?" + parameters), 400, "invalid_parameter");

    assertThat(problem.get("detail").asText()).startsWith("parameter '" + named + "' ");
  }

  @ParameterizedTest
  @CsvSource({
    "'', reason",
    "?reason=, reason",
    "?reason=x&ban_for=long, ban_for",
    "?reason=x&ban_for=0s, ban_for",
    "?reason=x&ban_for=400d, ban_for",
    "?reason=x&because=y, because",
    "?reason=a%0Ab, reason"
  })
  void badParameterOfAKick_isNamed(String parameters, String named) throws Exception {
    JsonNode problem =
        assertProblem(
            http.delete("/api/v1/sessions/" + UUID.randomUUID() + parameters),
            400,
            "invalid_parameter");

    assertThat(problem.get("detail").asText()).startsWith("parameter '" + named + "' ");
  }

  @Test
  void reasonOfAKick_hasABound() throws Exception {
    String path = "/api/v1/sessions/" + UUID.randomUUID() + "?reason=";

    assertProblem(http.delete(path + "x".repeat(201)), 400, "invalid_parameter");
    assertProblem(http.delete(path + "x".repeat(200)), 404, "not_found");
  }

  @Test
  void sessionThatIsNotThere_isNotFound() throws Exception {
    UUID id = UUID.randomUUID();

    JsonNode problem = assertProblem(http.get("/api/v1/sessions/" + id), 404, "not_found");

    assertThat(problem.get("detail").asText()).contains(id.toString());
    assertProblem(http.delete("/api/v1/sessions/" + id + "?reason=x"), 404, "not_found");
    assertProblem(http.get("/api/v1/sessions/seven"), 400, "invalid_parameter");
  }

  @Test
  void unknownPath_isNotFound_andWrongMethod_isNotAllowed() throws Exception {
    assertProblem(http.get("/nowhere"), 404, "not_found");
    assertProblem(http.get("/api/v1/nowhere"), 404, "not_found");
    var answer = http.post("/api/v1/sessions/" + UUID.randomUUID(), "{}");
    assertProblem(answer, 405, "method_not_allowed");
    assertThat(answer.headers().firstValue("Allow")).contains("GET, DELETE");
    assertProblem(http.get("/api/v1/notifications"), 405, "method_not_allowed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"colour\": 1} | field 'colour'",
        "{\"user\": 5} | field 'user'",
        "{\"user\": \"\"} | field 'user'",
        "{\"user\": \"a\\u0000b\"} | field 'user'",
        "{\"device\": \"d\"} | field 'device'",
        "{\"session\": \"x\"} | field 'session'",
        "{\"expect\": \"all\"} | field 'expect'",
        "{\"persistent\": \"yes\"} | field 'persistent'",
        "{\"priority\": 10} | field 'priority'",
        "{\"priority\": 1.5} | field 'priority'",
        "{\"ttl\": \"soon\"} | field 'ttl'",
        "{\"payload_base64\": \"?\"} | field 'payload_base64'",
        "{\"text\": \"a\", \"payload_base64\": \"AA==\"} | text and payload_base64",
        "{\"user\": \"a\", \"topic\": \"b\"} | user, session, topic and audience",
        "{\"user\": \"a\", \"user\": \"b\"} | not JSON",
        "{\"user\": | not JSON: line 1",
        "{} {} | not JSON",
        "[] | must be a JSON object",
        "'' | must be a JSON object"
      })
  void badBody_isRefused_withTheField(String body, String told) throws Exception {
    JsonNode problem = assertProblem(http.post("/api/v1/notifications", body), 400, "invalid_body");

    assertThat(problem.get("detail").asText()).contains(told);
  }

  @Test
  void badWait_isNamed() throws Exception {
    for (String wait : new String[] {"2m", "0s", "x"}) {
      assertProblem(
          http.post("/api/v1/notifications?wait=" + wait, "{}"), 400, "invalid_parameter");
    }
  }

  @Test
  void bodyOverTheLimit_isTooLarge_withOrWithoutItsLength() throws Exception {
    String body = "{\"text\": \"" + "x".repeat(2 << 20) + "\"}";

    assertProblem(http.post("/api/v1/notifications", body), 413, "body_too_large");
    assertProblem(
        http.send(
            "POST",
            "/api/v1/notifications",
            BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))),
        413,
        "body_too_large");
  }

  @Test
  void bodyOfAnotherType_isUnsupported() throws Exception {
    var request =
        http.request("/api/v1/notifications")
            .header("Authorization", "Bearer " + GatewayFixture.API_TOKEN)
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("{}"))
            .build();

    assertProblem(Http.send(request), 415, "unsupported_media_type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/sessions?user=%zz HTTP/1.1",
        "GET /api/v1/sessions?%zz=1 HTTP/1.1",
        "GET /api/v1/sessions/%zz HTTP/1.1",
        "GARBAGE"
      })
  void malformedRequest_isABadRequest(String line) throws Exception {
    try (var socket = new Socket(fixture.api().getHost(), fixture.api().getPort())) {
      socket.setSoTimeout(60_000);
      String request =
          line
              + "\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
              + GatewayFixture.API_TOKEN
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer)
          .startsWith("HTTP/1.1 400 ")
          .containsIgnoringCase("Content-Type: application/problem+json")
          .contains("\"status\":400");
    }
  }

  @Test
  void portInUse_isToldInOneLine_withTheSetting() {
    String port = Integer.toString(fixture.api().getPort());

    assertThatThrownBy(() -> fixture.startNode("no-port", Map.of("api.port", port)))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("api.port")
        .hasMessageContaining("127.0.0.1:" + port)
        .message()
        .hasLineCount(1);
  }
}
