package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.client.ClientListener;
import io.trunkline.client.Notification;
import io.trunkline.client.TrunklineClient;
import io.trunkline.systemtest.installation.Distribution;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code publish --wait}, the management API and SQL tell the same of one message. */
@ArquillianTest
@RunAsClient
class ThreeStoriesTest {
  private static final Duration EXIT_TIMEOUT = Duration.ofMinutes(2);
  private static final List<String> FIELDS =
      List.of("step", "node", "user", "device", "session", "attempt", "detail");

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  private final List<TrunklineClient> clients = new ArrayList<>();
  private final String id = "three-" + UUID.randomUUID();
  private final String user = "zoe-" + UUID.randomUUID();
  private Installation installation;

  /** What a run of {@code publish} has told. */
  private record Told(int exit, List<JsonObject> records, List<String> errors) {
    List<JsonObject> of(String kind) {
      return records.stream()
          .filter(record -> Listener.text(record, "record").equals(kind))
          .toList();
    }

    List<String> steps() {
      return of("step").stream().map(ThreeStoriesTest::line).toList();
    }

    List<String> stepNames() {
      return of("step").stream().map(step -> Listener.text(step, "step")).toList();
    }

    JsonObject state() {
      assertThat(of("state")).hasSize(1);
      return records.getLast();
    }

    List<String> receipts() {
      return of("receipt").stream().map(receipt -> Listener.text(receipt, "status")).toList();
    }
  }

  @BeforeEach
  void start() throws Exception {
    installation = SharedInstallation.started(controller);
  }

  @AfterEach
  void stop() {
    clients.forEach(TrunklineClient::close);
  }

  @Test
  void delivered() throws Exception {
    connect(Notification::ack);

    Told told = publish("--expect", "ack");

    assertThat(told.exit()).as(told.errors().toString()).isZero();
    assertThat(told.errors()).isEmpty();
    assertThat(told.receipts()).containsExactly("DELIVERED");
    assertThat(told.stepNames()).containsExactly("STORED", "SENT", "DELIVERED");
    assertThat(Listener.text(told.state(), "state")).isEqualTo("DELIVERED");
    assertThat(told.state().has("waits_for")).isFalse();
    assertAllTheSame(told);
  }

  @Test
  void nobodyIsThere_itWaits_andSaysWhy() throws Exception {
    Told told = publish("--timeout", "4s");

    assertThat(told.exit()).isEqualTo(1);
    assertThat(told.receipts()).isEmpty();
    assertThat(told.stepNames()).containsExactly("STORED", "WAITING");
    assertThat(told.steps().getLast()).endsWith("|the user is not connected now");
    assertThat(Listener.text(told.state(), "state")).isEqualTo("PENDING");
    assertThat(Listener.text(told.state(), "waits_for"))
        .startsWith("Nobody whom it is for is connected")
        .isEqualTo(Listener.text(delivery(), "waits_for"));
    assertAllTheSame(told);
  }

  @Test
  void expired() throws Exception {
    Told told = publish("--ttl", "3s");

    assertThat(told.exit()).isEqualTo(1);
    assertThat(told.receipts()).containsExactly("EXPIRED");
    assertThat(told.stepNames()).containsExactly("STORED", "WAITING", "EXPIRED");
    assertThat(told.steps().getLast()).doesNotEndWith("|");
    assertThat(Listener.text(told.state(), "state")).isEqualTo("EXPIRED");
    assertAllTheSame(told);
  }

  @Test
  void neverAcknowledged_isDead() throws Exception {
    connect(message -> {});

    Told told = publish("--timeout", "40s");

    assertThat(told.exit()).isEqualTo(1);
    assertThat(told.receipts()).containsExactly("DEAD");
    assertThat(told.stepNames())
        .startsWith("STORED", "SENT", "UNACKNOWLEDGED", "SENT")
        .endsWith("DEAD");
    assertThat(told.steps().getLast()).doesNotEndWith("|");
    assertThat(Listener.text(told.state(), "waits_for")).contains("operator");
    assertAllTheSame(told);
  }

  @Test
  void forAPerson_isALineEach() throws Exception {
    connect(Notification::ack);

    try (Program publish = run("--expect", "ack")) {
      assertThat(publish.awaitExit(EXIT_TIMEOUT)).as(publish.errors().toString()).isZero();
      List<String> lines = publish.output();
      assertThat(lines.getFirst()).isEqualTo(id);
      assertThat(lines).filteredOn(line -> line.startsWith("STEP ")).hasSize(3);
      assertThat(lines).anyMatch(line -> line.startsWith("DELIVERED user=" + user + " device="));
      assertThat(lines)
          .anyMatch(line -> line.matches("STEP \\S+Z SENT user=" + user + " .* attempt=1"));
      assertThat(lines.getLast()).isEqualTo("STATE DELIVERED");
    }
  }

  private void assertAllTheSame(Told told) throws Exception {
    String sql =
        "SELECT step, node_id, user_id, device_id, session_id, attempt, detail"
            + " FROM report.delivery_trace WHERE message_id = '"
            + id
            + "' ORDER BY step <> 'STORED', at, step_id";
    assertThat(told.steps()).isEqualTo(new ReportWriter(installation).query(sql));
    assertThat(told.steps()).isEqualTo(apiSteps());
    assertThat(Listener.text(told.state(), "state")).isEqualTo(Listener.text(delivery(), "state"));
  }

  private static String line(JsonObject step) {
    return FIELDS.stream()
        .map(field -> step.has(field) ? Listener.text(step, field) : "")
        .collect(Collectors.joining("|"));
  }

  private Told publish(String... options) throws Exception {
    try (Program publish =
        run(Stream.concat(Stream.of("--json"), Stream.of(options)).toArray(String[]::new))) {
      int exit = publish.awaitExit(EXIT_TIMEOUT);
      List<JsonObject> records =
          publish.output().stream()
              .map(line -> JsonParser.parseString(line).getAsJsonObject())
              .toList();
      assertThat(Listener.text(records.getFirst(), "message_id")).isEqualTo(id);
      return new Told(exit, records, publish.errors());
    }
  }

  private Program run(String... options) throws IOException {
    URI api = URI.create(installation.apiUrl());
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--user",
                user,
                "--id",
                id,
                "--wait",
                "--data",
                installation.data().toString(),
                "--set",
                "jms.url=" + installation.jmsUrl(),
                "--set",
                "api.port=" + api.getPort()));
    arguments.addAll(List.of(options));
    arguments.add("a parcel");
    return Program.start(installation.folder(), id, Distribution.publish(arguments));
  }

  private void connect(Consumer<Notification> program) throws IOException {
    TrunklineClient client =
        TrunklineClient.builder()
            .url(installation.clientUrl())
            .token(installation.token(user))
            .deviceId("phone")
            .autoAck(false)
            .listener(
                new ClientListener() {
                  @Override
                  public void notification(Notification message) {
                    program.accept(message);
                  }
                })
            .build();
    clients.add(client);
    client.connect().join();
  }

  /** The one message of the id, as the API tells it. */
  private JsonObject delivery() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(installation.apiUrl() + "/notifications/" + id))
            .header("Authorization", "Bearer " + installation.secret("api-token"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonArray found =
          JsonParser.parseString(answer.body()).getAsJsonObject().getAsJsonArray("deliveries");
      assertThat(found).hasSize(1);
      return found.get(0).getAsJsonObject();
    }
  }

  private List<String> apiSteps() throws Exception {
    return delivery().getAsJsonArray("steps").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .map(ThreeStoriesTest::line)
        .toList();
  }
}
