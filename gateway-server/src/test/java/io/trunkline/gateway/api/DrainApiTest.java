package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import io.trunkline.gateway.api.Crowd.Member;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.GoAway;
import java.net.URI;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes are emptied, under clients that go on working. */
class DrainApiTest {
  private static final Map<String, String> SETTINGS =
      Map.of("node.lease", "3s", "node.drain-timeout", "10s", "node.drain-jitter", "200ms");
  private static final int CROWD = 24;

  private static GatewayFixture fixture;

  private final String prefix = UUID.randomUUID() + "-";
  private final String idA = "gw-a-" + prefix.substring(0, 8);
  private final String idB = "gw-b-" + prefix.substring(0, 8);
  private Gateway nodeA;
  private Gateway nodeB;

  /** Of the fixture's own node, to which everything is said. */
  private Http http;

  @BeforeAll
  static void startFixture() {
    fixture = GatewayFixture.start(SETTINGS);
  }

  @AfterAll
  static void stopFixture() {
    fixture.close();
  }

  @BeforeEach
  void startNodes() throws Exception {
    http = new Http(fixture.api());
    nodeA = fixture.startNode(idA, SETTINGS);
    nodeB = fixture.startNode(idB, SETTINGS);
    // Who has just come is known with the next renewal.
    eventually().until(() -> assigned(fixture.api()).contains(idA));
    eventually().until(() -> assigned(api(nodeA)).containsAll(List.of(idB, fixture.node())));
    eventually().until(() -> assigned(api(nodeB)).containsAll(List.of(idA, fixture.node())));
  }

  @AfterEach
  void stopNodes() {
    nodeA.close();
    nodeB.close();
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }

  private static URI api(Gateway node) {
    return URI.create("http://" + node.apiAddress());
  }

  private static List<String> assigned(URI api) throws Exception {
    return Http.json(new Http(api).get("/api/v1/nodes/assign?n=16")).findValuesAsText("id");
  }

  private HttpResponse<String> drain(String node, String body) throws Exception {
    return http.post("/api/v1/nodes/" + node + "/drain", body);
  }

  private JsonNode row(String node) throws Exception {
    return Http.json(http.get("/api/v1/nodes"))
        .get("nodes")
        .valueStream()
        .filter(one -> one.get("id").asText().equals(node))
        .findFirst()
        .orElseThrow();
  }

  private static int ready(Gateway node) throws Exception {
    return new Http(api(node)).get("/observe/health/ready").statusCode();
  }

  private static int metric(Gateway node, String id, String name) throws Exception {
    var request = new Http(api(node)).request("/observe/metrics").header("Accept", "text/plain");
    return Http.send(request.build())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains("node=\"" + id + "\""))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " of " + id));
  }

  private void publish(Member member, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      var answer =
          http.post(
              "/api/v1/notifications",
              "{\"user\":\"%s\",\"persistent\":true,\"expect\":\"ack\",\"text\":\"m%d\"}"
                  .formatted(member.user, i));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }
  }

  private static void stayedWhole(Crowd crowd) {
    assertThat(crowd.failures).as("failed, and not told to be made again").isEmpty();
    assertThat(crowd.members)
        .allSatisfy(
            member -> {
              assertThat(member.sessions.stream().map(one -> one.sessionId()).distinct())
                  .as("one session")
                  .hasSize(1);
              assertThat(member.ends)
                  .allSatisfy(end -> assertThat(end.name()).isEqualTo("DRAINING"));
            });
  }

  @Test
  void drain_underLoad_everybodyGoesOnElsewhere_inSlots() throws Exception {
    try (var crowd = new Crowd(fixture, nodeA.clientAddress(), prefix, CROWD).calling()) {
      assertThat(crowd.nodes()).containsExactly(idA);

      var answer =
          drain(
              idA,
              "{\"per_second\":8,\"within\":\"1m\",\"jitter\":\"100ms\",\"reason\":\"deploy\"}");

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      assertThat(Http.json(answer).get("drain").get("per_second").asInt()).isEqualTo(8);
      eventually().until(() -> ready(nodeA) == 503);
      for (Member member : crowd.members) {
        publish(member, 2);
      }
      eventually().until(() -> crowd.on(idA) == 0 && crowd.allConnected());
      eventually()
          .untilAsserted(
              () ->
                  assertThat(crowd.members)
                      .allSatisfy(one -> assertThat(one.texts).containsExactly("m0", "m1")));
      long first = crowd.members.stream().mapToLong(one -> one.goAwayNs).min().orElseThrow();
      long last = crowd.members.stream().mapToLong(one -> one.goAwayNs).max().orElseThrow();
      assertThat(TimeUnit.NANOSECONDS.toMillis(last - first))
          .as("24 clients at 8 a second")
          .isGreaterThan(2_000);
      assertThat(crowd.on(idB)).as("spread over both").isBetween(CROWD / 4L, CROWD * 3L / 4);
      stayedWhole(crowd);
      eventually().until(() -> row(idA).get("sessions").asInt() == 0);
      assertThat(row(idA).get("state").asText()).isEqualTo("DRAINING");
      assertThat(row(idA).get("draining_since").asText()).isNotEmpty();
      var health = new Http(api(nodeA)).get("/observe/health/ready");
      assertThat(health.statusCode()).as("it stays up, and closed").isEqualTo(503);
      assertThat(health.body()).contains("\"sessions_left\":\"0\"");
      assertThat(assigned(fixture.api())).doesNotContain(idA);
      assertThat(metric(nodeA, idA, "trunkline_draining")).isEqualTo(1);
      assertThat(metric(nodeA, idA, "trunkline_drain_sessions_left")).isZero();
      assertThat(metric(nodeA, idA, "trunkline_drain_sessions_told_total")).isEqualTo(CROWD);
      eventually().until(() -> metric(nodeA, idA, "trunkline_drain_sessions_moved_total") == CROWD);
      assertThat(metric(nodeA, idA, "trunkline_drain_sessions_closed_total")).isZero();
      assertThat(metric(nodeB, idB, "trunkline_draining")).isZero();
    }
    assertThat(actions(idA)).containsExactly("drain");
  }

  @Test
  void drainedNode_refusesNewClients_andSaysWhereToGo_untilItIsUndrained() throws Exception {
    drain(idA, "{\"target\":\"%s\"}".formatted(idB));
    eventually().until(() -> ready(nodeA) == 503);
    eventually()
        .untilAsserted(
            () -> {
              Error error = refusal(nodeA);
              assertThat(error.getCode()).isEqualTo(CloseCode.DRAINING);
              assertThat(error.getAddress())
                  .isIn(nodeB.clientAddress(), fixture.gateway().clientAddress());
            });

    assertThat(http.post("/api/v1/nodes/" + idA + "/undrain", "").statusCode()).isEqualTo(202);

    eventually().until(() -> ready(nodeA) == 200);
    try (var crowd = new Crowd(fixture, nodeA.clientAddress(), prefix, 1)) {
      assertThat(crowd.nodes()).containsExactly(idA);
    }
    assertThat(actions(idA)).containsExactly("drain", "undrain");
    assertThat(row(idA).get("state").asText()).isEqualTo("UP");
  }

  private static TestClient connect(Gateway node) throws Exception {
    String address = node.clientAddress();
    int colon = address.lastIndexOf(':');
    return TestClient.connect(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  private Error refusal(Gateway node) throws Exception {
    try (TestClient client = connect(node)) {
      client.hello(fixture.token(prefix + "new"), "d1", Map.of());
      Frame answer = client.receive();
      assertThat(answer.hasError()).as("%s", answer).isTrue();
      return answer.getError();
    }
  }

  @Test
  void undrain_inTheMiddle_whoWasNotToldStays() throws Exception {
    try (var crowd = new Crowd(fixture, nodeA.clientAddress(), prefix, CROWD).calling()) {
      drain(idA, "{\"per_second\":2,\"within\":\"5m\",\"jitter\":\"100ms\"}");
      eventually().until(() -> crowd.on(idA) < CROWD - 2);

      http.post("/api/v1/nodes/" + idA + "/undrain", "");

      eventually().until(() -> ready(nodeA) == 200);
      eventually()
          .until(
              () ->
                  crowd.allConnected()
                      && crowd.members.stream()
                          .noneMatch(one -> one.goAwayNs != 0 && one.node().equals(idA)));
      assertThat(crowd.on(idA)).isBetween(1L, CROWD - 3L);
      stayedWhole(crowd);
    }
  }

  @Test
  void clientThatDoesNotLeave_isClosedAtTheDeadline_andCanResume() throws Exception {
    try (TestClient stubborn = connect(nodeA)) {
      stubborn.hello(fixture.token(prefix + "stubborn"), "d1", Map.of());
      var welcome = stubborn.receive().getWelcome();

      drain(idA, "{\"within\":\"2s\",\"jitter\":\"300ms\",\"target\":\"%s\"}".formatted(idB));

      GoAway goAway = stubborn.receive().getGoAway();
      assertThat(goAway.getCode()).isEqualTo(CloseCode.DRAINING);
      assertThat(goAway.getAddress()).isEqualTo(nodeB.clientAddress());
      assertThat(goAway.getJitterMs()).isEqualTo(300);
      assertThat(goAway.getResumableUntilMs()).isGreaterThan(System.currentTimeMillis());
      assertThat(stubborn.receive().getError().getCode()).isEqualTo(CloseCode.DRAINING);
      try (TestClient back = connect(nodeB)) {
        back.hello(fixture.token(prefix + "stubborn"), "d1", welcome.getResumeToken());
        var again = back.receive().getWelcome();
        assertThat(again.getResumed()).isTrue();
        assertThat(again.getSessionId()).isEqualTo(welcome.getSessionId());
      }
    }
  }

  @Test
  void stop_sendsEverybodyToTheOthersFirst() throws Exception {
    try (var crowd = new Crowd(fixture, nodeA.clientAddress(), prefix, CROWD).calling()) {
      nodeA.close();

      eventually().until(() -> crowd.on(idA) == 0 && crowd.allConnected());
      stayedWhole(crowd);
      eventually().until(() -> row(idA).get("state").asText().equals("LEFT"));
    }
  }

  @Test
  void stop_duringADrain_doesNotWaitForItsTime() throws Exception {
    try (var crowd = new Crowd(fixture, nodeA.clientAddress(), prefix, CROWD).calling()) {
      drain(idA, "{\"per_second\":1,\"within\":\"1h\",\"jitter\":\"1s\"}");
      eventually().until(() -> crowd.on(idA) < CROWD);

      CompletableFuture<Void> stopped = CompletableFuture.runAsync(nodeA::close);

      eventually().until(() -> crowd.on(idA) == 0 && crowd.allConnected());
      stopped.get(60, TimeUnit.SECONDS);
      stayedWhole(crowd);
    }
  }

  private record Refusal(String node, String body, int status, String code, String told) {}

  @Test
  void orderThatIsNone_isRefused() throws Exception {
    for (Refusal refusal :
        List.of(
            new Refusal("nobody", "{}", 404, "not_found", "no node 'nobody'"),
            invalid("{\"per_second\":0}", "'per_second' must be a number"),
            invalid("{\"within\":\"soon\"}", "field 'within'"),
            invalid("{\"jitter\":\"11m\"}", "field 'jitter'"),
            invalid("{\"target\":\"" + idA + "\"}", "must be another node"),
            invalid("{\"target\":\"gone\"}", "must be another node"),
            invalid("{\"speed\":1}", "field 'speed' is not known"),
            invalid("[]", "must be a JSON object"))) {
      var answer = drain(refusal.node, refusal.body);
      assertThat(answer.statusCode())
          .as("%s: %s", refusal, answer.body())
          .isEqualTo(refusal.status);
      assertThat(Http.json(answer).get("code").asText()).isEqualTo(refusal.code);
      assertThat(answer.body()).contains(refusal.told);
      assertThat(row(idA).get("state").asText()).as("%s", refusal).isEqualTo("UP");
    }
  }

  private Refusal invalid(String body, String told) {
    return new Refusal(idA, body, 400, "invalid_body", told);
  }

  @Test
  void nodeThatStopped_cannotBeDrained() throws Exception {
    nodeB.close();
    var answer = drain(idB, "{}");
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("does not run");
    assertThat(http.post("/api/v1/nodes/" + idB + "/undrain", "").statusCode()).isEqualTo(409);
  }

  @Test
  void onlyNodeThatTakesClients_cannotBeDrained() throws Exception {
    nodeB.close();
    drain(idA, "");
    var answer = drain(fixture.node(), "");
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("no other node takes clients");
  }

  private static List<String> actions(String node) throws Exception {
    var db = fixture.database();
    try (var connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        var statement =
            connection.prepareStatement(
                "select action from report.operator_actions where target = ? order by at")) {
      statement.setString(1, node);
      try (var rows = statement.executeQuery()) {
        var found = new java.util.ArrayList<String>();
        while (rows.next()) {
          found.add(rows.getString(1));
        }
        return found;
      }
    }
  }
}
