package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SessionsApiTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final Http http = new Http(fixture.api());

  /** Tests share a node: each has users of its own. */
  private final String prefix = "s-" + UUID.randomUUID();

  private TestClient login(String user, Map<String, String> attributes) throws Exception {
    TestClient client = TestClient.login(fixture, prefix + user, "d1", attributes);
    await()
        .untilAsserted(
            () ->
                assertThat(http.get("/api/v1/sessions/" + client.sessionId()).statusCode())
                    .isEqualTo(200));
    return client;
  }

  private JsonNode list(String parameters) throws Exception {
    var answer = http.get("/api/v1/sessions?user=" + prefix + parameters);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Http.json(answer);
  }

  private static List<String> users(JsonNode page) {
    return page.get("sessions").findValuesAsText("user");
  }

  @Test
  void list_pagesByCursor_inTheAskedOrder() throws Exception {
    try (var _ = login("a", Map.of());
        var _ = login("b", Map.of());
        var _ = login("c", Map.of())) {
      List<String> seen = new ArrayList<>();
      JsonNode page = list("&sort=-user&limit=2");
      seen.addAll(users(page));
      assertThat(seen).hasSize(2);
      page = list("&sort=-user&limit=2&cursor=" + page.get("next").asText());
      seen.addAll(users(page));

      assertThat(seen).containsExactly(prefix + "c", prefix + "b", prefix + "a");
      assertThat(page.has("next")).isFalse();
      assertThat(users(list(""))).containsExactlyElementsOf(seen);
    }
  }

  @Test
  void list_filtersByNodeStateAndAttribute() throws Exception {
    try (var _ = login("east", Map.of("region", "east"));
        var _ = login("west", Map.of("region", "west"))) {
      assertThat(users(list("&attr.region=west"))).containsExactly(prefix + "west");
      assertThat(users(list("&attr.region=north"))).isEmpty();
      assertThat(users(list("&state=ACTIVE&node=gw-test"))).hasSize(2);
      assertThat(users(list("&state=DETACHED"))).isEmpty();
      assertThat(users(list("&node=other"))).isEmpty();
    }
  }

  private static String q(String selector) {
    return "&q=" + URLEncoder.encode(selector, StandardCharsets.UTF_8);
  }

  @Test
  void list_bySelector_togetherWithTheOtherFilters() throws Exception {
    try (var _ = login("east", Map.of("region", "east", "level", "3"));
        var _ = login("west", Map.of("region", "west", "level", "12"));
        var _ = login("none", Map.of())) {
      assertThat(users(list(q("level > 2.5 AND client_name = 'test-client'"))))
          .containsExactlyInAnyOrder(prefix + "east", prefix + "west");
      assertThat(users(list(q("NOT region = 'east'")))).containsExactly(prefix + "west");
      assertThat(users(list(q("region IS NULL")))).containsExactly(prefix + "none");
      assertThat(users(list("&attr.region=west" + q("level > 2"))))
          .containsExactly(prefix + "west");
      assertThat(users(list("&state=DETACHED" + q("level > 2")))).isEmpty();

      JsonNode byUser = list(q("user = '" + prefix + "east'"));
      assertThat(users(byUser)).containsExactly(prefix + "east");
      assertThat(byUser.get("scanned").asInt()).as("the database rules out the rest").isOne();
      assertThat(byUser.get("cut_short").asBoolean()).isFalse();
    }
  }

  @Test
  void list_bySelector_pagesByCursor_eachSessionOnce() throws Exception {
    try (var _ = login("a", Map.of("vip", "true"));
        var _ = login("b", Map.of("vip", "false"));
        var _ = login("c", Map.of("vip", "true"));
        var _ = login("d", Map.of());
        var _ = login("e", Map.of("vip", "true"))) {
      List<String> seen = new ArrayList<>();
      JsonNode page = list("&sort=user&limit=1" + q("vip"));
      while (true) {
        seen.addAll(users(page));
        if (!page.has("next")) {
          break;
        }
        page = list("&sort=user&limit=1" + q("vip") + "&cursor=" + page.get("next").asText());
      }

      assertThat(seen).containsExactly(prefix + "a", prefix + "c", prefix + "e");
    }
  }

  @Test
  void one_tellsWhoAndWhere() throws Exception {
    try (var client = login("one", Map.of("region", "east"))) {
      JsonNode session = Http.json(http.get("/api/v1/sessions/" + client.sessionId()));

      assertThat(session.get("user").asText()).isEqualTo(prefix + "one");
      assertThat(session.get("device").asText()).isEqualTo("d1");
      assertThat(session.get("client_name").asText()).isEqualTo("test-client");
      assertThat(session.get("client_version").asText()).isEqualTo("1.2.3");
      assertThat(session.get("transport").asText()).isEqualTo("tcp");
      assertThat(session.get("state").asText()).isEqualTo("ACTIVE");
      assertThat(session.get("attributes").get("region").asText()).isEqualTo("east");
      assertThat(session.get("started_at").asText()).endsWith("Z");
      assertThat(session.has("detached_at")).isFalse();
    }
  }

  @Test
  void local_hasLiveCounters_sortedByOne() throws Exception {
    try (var _ = login("quiet", Map.of());
        var busy = login("busy", Map.of())) {
      for (int i = 0; i < 20; i++) {
        busy.send(Frame.newBuilder().setPing(Ping.getDefaultInstance()).build());
        assertThat(busy.receive().hasPong()).isTrue();
      }

      JsonNode top = list("&local=true&sort=-messages_in&limit=1");
      assertThat(users(top)).containsExactly(prefix + "busy");
      assertThat(top.get("node").asText()).isEqualTo("gw-test");
      assertThat(top.get("complete").asBoolean()).isTrue();
      JsonNode counters = top.get("sessions").get(0).get("counters");
      assertThat(counters.get("messages_in").asLong()).isGreaterThanOrEqualTo(20);
      assertThat(counters.get("messages_out").asLong()).isGreaterThanOrEqualTo(20);
      assertThat(counters.get("bytes_in").asLong()).isPositive();
      assertThat(counters.get("bytes_out").asLong()).isPositive();
      assertThat(counters.get("pending_bytes").asLong()).isZero();
      assertThat(counters.get("dropped").asLong()).isZero();
      assertThat(users(list("&local=true&sort=bytes_in")))
          .containsExactly(prefix + "quiet", prefix + "busy");
    }
  }

  @Test
  void kick_endsTheSession_withReason_andIsRecorded() throws Exception {
    try (var client = login("kicked", Map.of())) {
      var answer =
          http.delete("/api/v1/sessions/" + client.sessionId() + "?reason=too%20noisy&ban_for=10m");

      assertThat(answer.statusCode()).isEqualTo(202);
      JsonNode asked = Http.json(answer);
      assertThat(asked.get("session").asText()).isEqualTo(client.sessionId());
      assertThat(asked.get("reason").asText()).isEqualTo("too noisy");
      assertThat(asked.get("ban_for").asText()).isEqualTo("PT10M");
      Frame last = client.receive();
      assertThat(last.getError().getCode()).isEqualTo(CloseCode.KICKED);
      assertThat(last.getError().getMessage()).contains("too noisy");
      assertThat(recorded(client.sessionId()))
          .startsWith("api|kick|asked|")
          .contains("too noisy", prefix + "kicked", "PT10M");
      try (var again = TestClient.connect(fixture.clientHost(), fixture.clientPort())) {
        again.hello(fixture.token(prefix + "kicked"), "d1", Map.of());
        assertThat(again.receive().getError().getCode()).isEqualTo(CloseCode.BANNED);
      }
    }
  }

  private String recorded(String session) throws Exception {
    var db = fixture.database();
    try (var connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        var select =
            connection.prepareStatement(
                "select via, action, outcome, detail from trunkline.operator_action"
                    + " where target = ?")) {
      select.setString(1, session);
      var row = select.executeQuery();
      assertThat(row.next()).isTrue();
      return String.join(
          "|", row.getString(1), row.getString(2), row.getString(3), row.getString(4));
    }
  }
}
