package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StartupException;
import io.trunkline.gateway.TestClient;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes file of a node as the API and the metrics show it. */
class ServicesApiTest {
  private static final String NODE = "gw-routes";

  private final GatewayFixture fixture = GatewayFixture.shared();
  private final Path file;
  private final Gateway gateway;
  private final Http http;

  ServicesApiTest(@TempDir Path folder) throws Exception {
    file = folder.resolve("routes.properties");
    Files.writeString(
        file,
        """
        stock.backend = jms
        stock.timeout = 5s
        stock.max-concurrent = 7
        stock.max-request = 1KiB
        stock.rate.user = 20/s
        echo.rate.service = 2/h
        """);
    gateway = fixture.startNode(NODE, settings());
    http = new Http(URI.create("http://" + gateway.apiAddress()));
  }

  private Map<String, String> settings() {
    return Map.of("uplink.routes", file.toString(), "uplink.routes-check", "50ms");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private JsonNode services() throws Exception {
    return Http.json(http.get("/api/v1/services"));
  }

  private static JsonNode service(JsonNode answer, String name) {
    return answer
        .get("services")
        .valueStream()
        .filter(one -> one.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private double metric(String name, String... labels) throws Exception {
    return Http.send(http.request("/observe/metrics").header("Accept", "text/plain").GET().build())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains("node=\"" + NODE + "\""))
        .filter(line -> Arrays.stream(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void services_areShown_withBackEndBoundsProtectionAndCounts() throws Exception {
    JsonNode answer = services();

    assertThat(answer.get("node").asText()).isEqualTo(NODE);
    assertThat(answer.at("/routes/ok").asBoolean()).isTrue();
    assertThat(answer.at("/routes/file").asText()).isEqualTo(file.toString());
    assertThat(answer.at("/routes/loaded_at").isTextual()).isTrue();
    JsonNode stock = service(answer, "stock");
    assertThat(stock.get("back_end").asText()).isEqualTo("jms");
    assertThat(stock.get("target").asText()).isEqualTo("trunkline.uplink.stock");
    assertThat(stock.at("/bounds/max_concurrent").asInt()).isEqualTo(7);
    assertThat(stock.at("/bounds/max_queued").asInt()).isEqualTo(1024);
    assertThat(stock.get("timeout").asText()).isEqualTo("PT5S");
    assertThat(stock.get("max_request_bytes").asInt()).isEqualTo(1024);
    assertThat(stock.at("/rates/user").asText()).isEqualTo("20/s");
    assertThat(stock.at("/circuit/state").asText()).isEqualTo("closed");
    assertThat(service(answer, "echo").has("bounds")).isFalse();
    assertThat(service(answer, "echo").get("back_end").asText()).isEqualTo("java");
  }

  @Test
  void calls_areCountedByServiceAndOutcome_namesThatAreNoServiceTogether() throws Exception {
    String address = gateway.clientAddress();
    int colon = address.lastIndexOf(':');
    try (var client =
        TestClient.connect(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
      client.hello(fixture.token("counted"), "d1", Map.of());
      assertThat(client.receive().hasWelcome()).isTrue();
      for (int seq = 1; seq <= 5; seq++) {
        client.send(request(seq, "echo"));
        client.send(request(100 + seq, "invented" + seq));
      }
      for (int i = 0; i < 10; i++) {
        assertThat(client.receive().hasResponse()).isTrue();
      }
    }
    JsonNode answer = services();
    JsonNode counts = service(answer, "echo").get("counts");
    assertThat(counts.get("calls").asInt()).isEqualTo(5);
    assertThat(counts.get("in_flight").asInt()).isZero();
    assertThat(counts.at("/outcomes/OK").asInt()).isEqualTo(2);
    assertThat(counts.at("/outcomes/RATE_LIMITED").asInt()).isEqualTo(3);
    assertThat(answer.at("/unknown/outcomes/NOT_FOUND").asInt()).isEqualTo(5);

    String outcomes = "trunkline_uplink_outcomes_total";
    assertThat(metric(outcomes, "service=\"echo\"", "status=\"OK\"")).isEqualTo(2);
    assertThat(metric(outcomes, "service=\"echo\"")).isEqualTo(5);
    assertThat(metric(outcomes, "service=\"(unknown)\"")).isEqualTo(5);
    assertThat(metric(outcomes)).isEqualTo(metric("trunkline_uplink_calls_total")).isEqualTo(10);
    assertThat(metric("trunkline_uplink_failures_total")).isEqualTo(8);
  }

  private static Frame request(long seq, String service) {
    return Frame.newBuilder()
        .setRequest(Request.newBuilder().setSeq(seq).setService(service).setMethod("echo"))
        .build();
  }

  @Test
  void reload_takesTheFileOver_andMetricsFollowTheTable() throws Exception {
    assertThat(metric("trunkline_uplink_circuit", "service=\"stock\"")).isZero();
    Files.writeString(file, "stock.backend = jms\nprices.backend = jms\n");
    var answer = http.post("/api/v1/services/reload", "");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(service(Http.json(answer), "prices").get("target").asText())
        .isEqualTo("trunkline.uplink.prices");
    assertThat(metrics()).contains("service=\"prices\"").contains("service=\"stock\"");
    isRecorded("done");

    Files.writeString(file, "prices.backend = jms\n");
    await().untilAsserted(() -> assertThat(metrics()).doesNotContain("service=\"stock\""));
  }

  private void isRecorded(String outcome) {
    await()
        .untilAsserted(
            () -> assertThat(lastReload()).isEqualTo("api|reload routes|" + file + "|" + outcome));
  }

  private String lastReload() throws SQLException {
    var db = fixture.database();
    try (var connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        var select =
            connection.prepareStatement(
                "select via, action, detail, outcome from trunkline.operator_action"
                    + " where target = ? order by id desc limit 1")) {
      select.setString(1, NODE);
      var row = select.executeQuery();
      return row.next()
          ? String.join("|", row.getString(1), row.getString(2), row.getString(3), row.getString(4))
          : "";
    }
  }

  private String metrics() throws Exception {
    return Http.send(http.request("/observe/metrics").header("Accept", "text/plain").GET().build())
        .body()
        .lines()
        .filter(line -> line.contains("node=\"" + NODE + "\""))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void fileWithErrors_isToldByReloadListAndMetric_andTheRoutesStay() throws Exception {
    Files.writeString(file, "stock.backend = jms\nstock.tmeout = 5s\n");
    var answer = http.post("/api/v1/services/reload", "");

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(Http.json(answer).get("code").asText()).isEqualTo("invalid_routes");
    assertThat(Http.json(answer).get("detail").asText())
        .isEqualTo("UNKNOWN_KEY, line 2, 'stock.tmeout': unknown; did you mean 'stock.timeout'?");
    isRecorded(
        "refused: UNKNOWN_KEY, line 2, 'stock.tmeout': unknown; did you mean 'stock.timeout'?");
    JsonNode shown = services();
    assertThat(shown.at("/routes/ok").asBoolean()).isFalse();
    assertThat(shown.at("/routes/problems/0/code").asText()).isEqualTo("UNKNOWN_KEY");
    assertThat(shown.at("/routes/problems/0/line").asInt()).isEqualTo(2);
    assertThat(service(shown, "stock").get("timeout").asText()).isEqualTo("PT5S");
    assertThat(metric("trunkline_uplink_routes_ok")).isZero();
    assertThat(metric("trunkline_uplink_routes_reload_failures_total")).isPositive();

    Files.writeString(file, "stock.backend = jms\n");
    await().untilAsserted(() -> assertThat(metric("trunkline_uplink_routes_ok")).isOne());
  }

  @Test
  void nodeWithAFileOfErrors_doesNotStart_andSaysWhy() throws Exception {
    Files.writeString(file, "stock.backend = jmss\n");
    assertThatThrownBy(() -> fixture.startNode("gw-refused", settings()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("line 1, 'stock.backend'")
        .hasMessageContaining("did you mean jms?");
  }

  @Test
  void parameters_areRefused_andSoIsTheWrongMethod() throws Exception {
    assertThat(http.get("/api/v1/services?x=1").statusCode()).isEqualTo(400);
    assertThat(http.get("/api/v1/services/reload").statusCode()).isEqualTo(405);
  }
}
