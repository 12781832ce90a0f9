package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node whose lease ends while it runs. */
class NodeHealthTest {
  @Test
  void nodeThatLosesItsLease_isNotReady_untilItHasOneAgain_andLivesOn() throws Exception {
    try (GatewayFixture fixture = GatewayFixture.start(Map.of("node.lease", "3s"));
        TestClient _ = TestClient.login(fixture, "alice", "d1", Map.of())) {
      Http http = new Http(fixture.api());
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> lease(http).get("status").asText().equals("UP"));

      fixture.takeDatabaseAway();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> lease(http).get("status").asText().equals("DOWN"));

      assertThat(http.get("/observe/health/ready").statusCode()).isEqualTo(503);
      assertThat(http.get("/observe/health/live").statusCode()).isEqualTo(200);
      fixture.bringDatabaseBack();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> http.get("/observe/health/ready").statusCode() == 200);
      assertThat(lease(http).get("data").get("held").asText()).isEqualTo("true");
    }
  }

  private static JsonNode lease(Http http) throws Exception {
    return Http.json(http.get("/observe/health/ready"))
        .get("checks")
        .valueStream()
        .filter(check -> check.get("name").asText().equals("lease"))
        .findFirst()
        .orElseThrow();
  }
}
