package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The API while broker and database are away. */
class ApiOutageTest {
  @Test
  void withoutBrokerAndDatabase_callersAreToldToComeAgain() throws Exception {
    try (var fixture =
            GatewayFixture.startWithOwnServer(
                Map.of("jms.connect-timeout", "2s", "node.lease", "3s"));
        var client = TestClient.login(fixture, "alice", "d1", Map.of())) {
      var http = new Http(fixture.api());
      String session = "/api/v1/sessions/" + client.sessionId();
      await().untilAsserted(() -> assertThat(http.get(session).statusCode()).isEqualTo(200));

      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertReady(http));

      fixture.stopBroker();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertNotReady(http, "broker"));
      assertAway(http.post("/api/v1/notifications", "{\"user\": \"alice\"}"), "broker_away");
      assertAway(http.delete(session + "?reason=x"), "broker_away");
      assertThat(http.get(session).statusCode()).isEqualTo(200);

      fixture.stopDatabase();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertNotReady(http, "database"));
      // Its lease ends, too: then others may have taken its sessions over.
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertNotReady(http, "lease"));
      assertAway(http.get(session), "database_away");
      assertAway(http.get("/api/v1/sessions"), "database_away");
      assertAway(http.get("/api/v1/nodes"), "database_away");
      assertThat(http.get("/observe/health/live").statusCode()).isEqualTo(200);
      assertThat(Http.json(http.get("/api/v1/sessions?local=true")).findValuesAsText("user"))
          .containsExactly("alice");
    }
  }

  private static void assertAway(HttpResponse<String> answer, String code) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(Http.json(answer).get("code").asText()).isEqualTo(code);
    assertThat(answer.headers().firstValue("Retry-After")).contains("5");
  }

  private static void assertReady(Http http) throws Exception {
    var answer = http.get("/observe/health/ready");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static void assertNotReady(Http http, String check) throws Exception {
    var answer = http.get("/observe/health/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    for (var each : Http.json(answer).get("checks")) {
      if (each.get("name").asText().equals(check)) {
        assertThat(each.get("status").asText()).isEqualTo("DOWN");
      }
    }
  }
}
