package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is open to probes and scrapers, and the list of nodes. */
class ObserveTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final Http http = new Http(fixture.api());

  private HttpResponse<String> open(String path, String accept) throws Exception {
    var answer = Http.send(http.request(path).header("Accept", accept).GET().build());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  @Test
  void health_isUp_withoutAToken() throws Exception {
    JsonNode health = Http.json(open("/observe/health", "*/*"));

    assertThat(health.get("status").asText()).isEqualTo("UP");
    assertThat(health.get("checks").findValuesAsText("name"))
        .containsExactlyInAnyOrder("node", "lease", "drain", "database", "broker");
    assertThat(Http.json(open("/observe/health/live", "*/*")).findValuesAsText("name"))
        .containsExactly("node");
    assertThat(Http.json(open("/observe/health/ready", "*/*")).findValuesAsText("name"))
        .containsExactlyInAnyOrder("lease", "drain", "database", "broker");
  }

  @Test
  void metrics_areForPrometheus_andCount() throws Exception {
    double before = value("trunkline_sessions_started_total");
    try (var client = TestClient.login(fixture, "m-" + UUID.randomUUID(), "d1", Map.of())) {
      assertThat(client.sessionId()).isNotEmpty();
      assertThat(value("trunkline_sessions_started_total")).isGreaterThanOrEqualTo(before + 1);
      assertThat(value("trunkline_sessions")).isGreaterThanOrEqualTo(1);
      assertThat(value("trunkline_users")).isGreaterThanOrEqualTo(1);
    }
    assertThat(open("/observe/metrics", "text/plain").body())
        .contains(
            "trunkline_sessions_ended_total{",
            "trunkline_handshakes_refused_total{",
            "trunkline_uplink_calls_total{",
            "trunkline_uplink_failures_total{",
            "trunkline_downlink_messages_total{",
            "trunkline_downlink_acked_total{",
            "trunkline_downlink_dropped_total{",
            "trunkline_journal_backlog_records{",
            "trunkline_jms_consumed_total{",
            "trunkline_jms_connected{",
            "memory_usedHeap_bytes");
  }

  private double value(String metric) throws Exception {
    return open("/observe/metrics", "text/plain")
        .body()
        .lines()
        .filter(line -> line.startsWith(metric + "{") && line.contains("node=\"gw-test\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nodes_areListed() throws Exception {
    JsonNode nodes = Http.json(http.get("/api/v1/nodes")).get("nodes");

    JsonNode own =
        nodes
            .valueStream()
            .filter(node -> node.get("id").asText().equals("gw-test"))
            .findFirst()
            .orElseThrow();
    assertThat(own.get("live").asBoolean()).isTrue();
    assertThat(own.get("api_address").asText()).isEqualTo(fixture.gateway().apiAddress());
    assertThat(own.get("client_address").asText()).isEqualTo(fixture.gateway().clientAddress());
  }

  @Test
  void openApi_hasEveryEndpoint_andNoOther() throws Exception {
    JsonNode document = Http.json(open("/openapi", "application/json"));
    var documented = new TreeSet<String>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method -> {
                          if (!method.equals("parameters")) {
                            documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));
    var registered = new TreeSet<String>();
    for (Endpoint endpoint : Endpoint.values()) {
      registered.add(endpoint.method().text() + " " + Endpoint.ROOT + endpoint.path());
    }
    for (String path :
        new String[] {
          "/observe/health",
          "/observe/health/live",
          "/observe/health/ready",
          "/observe/metrics",
          "/openapi"
        }) {
      open(path, "*/*");
      registered.add("GET " + path);
    }

    assertThat(documented).isEqualTo(registered);
    assertThat(document.get("openapi").asText()).startsWith("3.1");
  }
}
