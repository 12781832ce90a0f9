package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.client.SessionInfo;
import io.trunkline.client.TrunklineClient;
import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where clients are told to connect, by the API and by nodes that are not the best ones. */
class AssignApiTest {
  private static final Map<String, String> LEASE = Map.of("node.lease", "3s");
  private static final Map<String, String> BY_USER =
      Map.of("node.lease", "3s", "clients.redirect", "user");
  private static final Map<String, String> BY_LOAD =
      Map.of("node.lease", "3s", "clients.redirect", "load", "clients.redirect-excess", "0");

  private static GatewayFixture fixture;
  private static Gateway byUser;
  private static Gateway byLoad;

  private final String prefix = UUID.randomUUID() + "-";
  private Http http;

  @BeforeAll
  static void start() throws Exception {
    fixture = GatewayFixture.start(LEASE);
    byUser = fixture.startNode("gw-by-user", BY_USER);
    byLoad = fixture.startNode("gw-by-load", BY_LOAD);
    for (String api :
        List.of(fixture.gateway().apiAddress(), byUser.apiAddress(), byLoad.apiAddress())) {
      eventually()
          .until(
              () ->
                  Http.json(new Http(URI.create("http://" + api)).get("/api/v1/nodes/assign?n=16"))
                          .get("nodes")
                          .size()
                      == 3);
    }
  }

  @AfterAll
  static void stop() {
    byUser.close();
    byLoad.close();
    fixture.close();
  }

  @BeforeEach
  void connectToApi() {
    http = new Http(fixture.api());
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private HttpResponse<String> asked(String token, String query) throws Exception {
    return Http.send(
        http.request("/api/v1/nodes/assign" + query)
            .header("Authorization", "Bearer " + token)
            .GET()
            .build());
  }

  private List<String> home(String user) throws Exception {
    return Http.json(http.get("/api/v1/nodes/assign?by=user&user=" + user)).findValuesAsText("id");
  }

  private SessionInfo connect(Gateway node, String user) {
    TrunklineClient client =
        TrunklineClient.builder()
            .url("tcp://" + node.clientAddress())
            .token(fixture.token(user))
            .retryFirstConnect(false)
            .build();
    try {
      return client.connect().orTimeout(60, TimeUnit.SECONDS).join();
    } finally {
      client.close();
    }
  }

  @Test
  void operator_asksForAnyUser_orNone() throws Exception {
    var answer = http.get("/api/v1/nodes/assign?n=2");
    assertThat(answer.statusCode()).isEqualTo(200);
    var body = Http.json(answer);
    assertThat(body.get("by").asText()).isEqualTo("load");
    assertThat(body.get("cache_for_ms").asLong()).isEqualTo(1_000);
    assertThat(body.get("nodes")).hasSize(2);
    assertThat(body.get("nodes").get(0).get("address").asText()).startsWith("127.0.0.1:");
    assertThat(home("somebody")).hasSize(3).isEqualTo(home("somebody"));
  }

  @Test
  void client_asksWithItsOwnToken_forItselfOnly() throws Exception {
    String token = fixture.token(prefix + "me");
    assertThat(Http.json(asked(token, "?by=user")).findValuesAsText("id"))
        .isEqualTo(home(prefix + "me"));
    assertThat(asked(token, "?user=" + prefix + "me").statusCode()).isEqualTo(200);

    var other = asked(token, "?user=other");
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(Http.json(other).get("code").asText()).isEqualTo("forbidden");
    assertThat(
            Http.send(
                    http.request("/api/v1/nodes")
                        .header("Authorization", "Bearer " + token)
                        .GET()
                        .build())
                .statusCode())
        .as("nothing else is open to it")
        .isEqualTo(401);
  }

  @Test
  void whoShowsNoToken_orAForgedOne_isToldNothing() throws Exception {
    assertThat(Http.send(http.request("/api/v1/nodes/assign").GET().build()).statusCode())
        .isEqualTo(401);
    var forged = asked("forged", "");
    assertThat(forged.statusCode()).isEqualTo(401);
    assertThat(forged.headers().firstValue("WWW-Authenticate")).isPresent();
    String expired = fixture.token(prefix + "me", Map.of(), Duration.ofHours(-1));
    assertThat(asked(expired, "").body()).contains("expired");
  }

  @Test
  void parameters_areChecked() throws Exception {
    for (String query : List.of("?n=0", "?n=17", "?by=luck", "?by=user", "?what=1")) {
      var answer = http.get("/api/v1/nodes/assign" + query);
      assertThat(answer.statusCode()).as(query).isEqualTo(400);
      assertThat(Http.json(answer).get("code").asText()).isEqualTo("invalid_parameter");
    }
    var post = http.post("/api/v1/nodes/assign", "{}");
    assertThat(post.statusCode()).isEqualTo(405);
  }

  @Test
  void clientThatAsks_connectsWhereItIsTold() throws Exception {
    String user = prefix + "asks";
    TrunklineClient client =
        TrunklineClient.builder()
            .assign("http://" + fixture.gateway().apiAddress() + "/api/v1/nodes/assign?by=user")
            .token(fixture.token(user))
            .retryFirstConnect(false)
            .build();
    try {
      assertThat(client.connect().orTimeout(60, TimeUnit.SECONDS).join().nodeId())
          .isEqualTo(home(user).getFirst());
    } finally {
      client.close();
    }
  }

  @Test
  void nodeThatSendsUsersHome_doesSo_andTakesItsOwn() throws Exception {
    for (int i = 0; i < 12; i++) {
      String user = prefix + i;
      assertThat(connect(byUser, user).nodeId()).isEqualTo(home(user).getFirst());
    }
  }

  @Test
  void nodeThatIsMuchFuller_sendsNewClientsToTheOthers() throws Exception {
    try (var crowd = new Crowd(fixture, byLoad.clientAddress(), prefix, 48)) {
      Map<String, Long> on = new HashMap<>();
      for (String node : crowd.nodes()) {
        on.put(node, crowd.on(node));
      }
      assertThat(on.get("gw-by-load")).as("%s", on).isBetween(17L, 40L);
      assertThat(on).as("the others share the rest").hasSizeGreaterThan(1);
    }
  }
}
