package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AudiencesApiTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final Http http = new Http(fixture.api());
  private final String shop = "shop-" + UUID.randomUUID();

  private JsonNode count(String body) throws Exception {
    var answer = http.post("/api/v1/audiences/count", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Http.json(answer);
  }

  @Test
  void count_tellsConnectedFromDetached_andThatItIsComplete() throws Exception {
    try (var _ = TestClient.login(fixture, shop + "-1", "d1", Map.of("shop", shop));
        var _ = TestClient.login(fixture, shop + "-2", "d1", Map.of("shop", shop, "level", "9"))) {
      // A session that another node would have lost the connection of.
      UUID detached = insertDetached();
      try {
        String of = "{\"selector\": \"shop = '" + shop + "'\"}";
        await().untilAsserted(() -> assertThat(count(of).get("matched_now").asInt()).isEqualTo(2));

        JsonNode all = count(of);
        assertThat(all.get("offline").asInt()).isEqualTo(1);
        assertThat(all.get("complete").asBoolean()).isTrue();
        assertThat(all.get("scanned").asInt()).isGreaterThanOrEqualTo(3);
        JsonNode some = count("{\"selector\": \"shop = '" + shop + "' AND level > 8.5\"}");
        assertThat(some.get("matched_now").asInt()).isEqualTo(1);
        assertThat(some.get("offline").asInt()).isZero();
        JsonNode everybody = count("{}");
        assertThat(everybody.get("matched_now").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(everybody.get("offline").asInt()).isGreaterThanOrEqualTo(1);
        JsonNode known = count("{\"selector\": \"state = 'DETACHED' AND node = '" + shop + "'\"}");
        assertThat(known.get("offline").asInt()).isEqualTo(1);
        assertThat(known.get("scanned").asInt()).as("the database rules out the rest").isOne();
      } finally {
        fixture.execute("delete from trunkline.live_session where id = '" + detached + "'");
      }
    }
  }

  private UUID insertDetached() {
    UUID id = UUID.randomUUID();
    fixture.execute(
        """
        insert into trunkline.live_session values ('%s', 1, 'DETACHED', '%s-3', 'd', 'c', '1', 'ios', 'tcp',
          '10.0.0.1:1', '%s', '{"shop": "%s"}', now(), now())
        """
            .formatted(id, shop, shop, shop));
    return id;
  }
}
