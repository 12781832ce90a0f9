package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Notify;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NotificationsApiTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final Http http = new Http(fixture.api());
  private final String user = "n-" + UUID.randomUUID();

  private TestClient login(String device) throws Exception {
    TestClient client = TestClient.login(fixture, user, device, Map.of());
    await()
        .untilAsserted(
            () ->
                assertThat(http.get("/api/v1/sessions/" + client.sessionId()).statusCode())
                    .isEqualTo(200));
    return client;
  }

  private JsonNode post(String parameters, String json) throws Exception {
    var answer = http.post("/api/v1/notifications" + parameters, json);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Http.json(answer);
  }

  @Test
  void post_reachesTheUser_withAllFields() throws Exception {
    try (var client = login("d1")) {
      JsonNode taken =
          post(
              "",
              """
              {"user": "%s", "device": "d1", "id": "order-1", "type": "order",
               "content_type": "application/json", "text": "{\\"n\\": 1}", "expect": "ack",
               "persistent": true, "priority": 7, "ttl": "5m", "key": "k"}
              """
                  .formatted(user));

      Notify got = client.receive().getNotify();
      assertThat(taken.get("id").asText()).isEqualTo("order-1");
      assertThat(taken.has("receipts")).isFalse();
      assertThat(got.getMessageId()).isEqualTo("order-1");
      assertThat(got.getType()).isEqualTo("order");
      assertThat(got.getContentType()).isEqualTo("application/json");
      assertThat(got.getPayload().toStringUtf8()).isEqualTo("{\"n\": 1}");
      assertThat(got.getExpect()).isEqualTo(Expect.ACK);
    }
  }

  @Test
  void post_withWait_returnsWhenTheFirstDeviceHasAcknowledged() throws Exception {
    try (var one = login("d1");
        var two = login("d2")) {
      CompletableFuture<JsonNode> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return post(
                      "?wait=15s",
                      "{\"user\": \"%s\", \"expect\": \"ack\", \"payload_base64\": \"AAEC\"}"
                          .formatted(user));
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      Notify got = one.receive().getNotify();
      assertThat(got.getPayload().toByteArray()).containsExactly(0, 1, 2);
      assertThat(got.getContentType()).isEqualTo("application/octet-stream");
      assertThat(two.receive().getNotify().getMessageId()).isEqualTo(got.getMessageId());
      one.ack(got.getMessageId());

      JsonNode taken = answer.get(60, TimeUnit.SECONDS);
      assertThat(taken.get("complete").asBoolean()).isTrue();
      assertThat(taken.get("receipts").findValuesAsText("status")).containsExactly("DELIVERED");
      assertThat(taken.get("receipts").findValuesAsText("device")).containsExactly("d1");
      assertThat(taken.get("id").asText()).isEqualTo(got.getMessageId());
    }
  }

  @Test
  void post_withWait_endsAtTheTimeout_whenNobodyAcknowledges() throws Exception {
    try (var client = login("d1")) {
      JsonNode taken =
          post(
              "?wait=300ms",
              "{\"session\": \"%s\", \"expect\": \"ack\"}".formatted(client.sessionId()));

      assertThat(taken.get("complete").asBoolean()).isFalse();
      assertThat(taken.get("receipts")).isEmpty();
    }
  }

  @Test
  void post_toNobody_saysSo() throws Exception {
    JsonNode taken = post("?wait=10s", "{\"user\": \"%s\"}".formatted(user));

    assertThat(taken.get("complete").asBoolean()).isTrue();
    assertThat(taken.get("receipts").findValuesAsText("status")).containsExactly("UNKNOWN_USER");
  }

  @Test
  void post_toAll_isSummedUpByEachNode() throws Exception {
    try (var client = login("d1")) {
      JsonNode taken = post("?wait=10s", "{\"text\": \"to all\"}");

      assertThat(client.receive().getNotify().getPayload().toStringUtf8()).isEqualTo("to all");
      assertThat(taken.get("complete").asBoolean()).isTrue();
      JsonNode summary = taken.get("receipts").get(0);
      assertThat(summary.get("status").asText()).isEqualTo("SUMMARY");
      assertThat(summary.get("counts").get("sent").asLong()).isPositive();
    }
  }
}
