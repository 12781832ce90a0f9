package io.trunkline.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Target;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What slow clients cost, topic by topic, in the API and in the metrics. */
class TopicCountersTest {
  private static final String NODE = "gw-topics-" + UUID.randomUUID();
  private static final int LARGE = 30_000;
  private static final int MANY = 300; // 9 MB: more than the sockets hold

  private static final GatewayFixture FIXTURE = start("100");

  private final HttpClient http = HttpClient.newHttpClient();
  private GatewayFixture fixture = FIXTURE;
  private Erp erp;

  private static GatewayFixture start(String countedTopics) {
    return GatewayFixture.start(
        Map.of(
            // Metrics of nodes that share a process differ by the node's name.
            "node.id",
            NODE + countedTopics,
            "clients.max-outbound",
            "128KiB",
            "streams.counted-topics",
            countedTopics));
  }

  @AfterAll
  static void stop() {
    FIXTURE.close();
  }

  @BeforeEach
  void openErp() throws Exception {
    erp = new Erp(fixture);
  }

  @AfterEach
  void close() {
    erp.close();
    http.close();
  }

  private StreamClient connect(String user, String... topics) throws IOException {
    StreamClient client =
        StreamClient.connect(
            fixture.gateway().clientAddress(),
            fixture.token(user, Map.of("topics", "*"), Duration.ofHours(1)),
            "phone");
    for (String topic : topics) {
      client.subscribe(topic);
    }
    return client;
  }

  private String get(String path) throws Exception {
    var answer =
        http.send(
            HttpRequest.newBuilder(URI.create(fixture.api() + path))
                .header("Authorization", "Bearer " + GatewayFixture.API_TOKEN)
                .header("Accept", path.startsWith("/observe") ? "text/plain" : "*/*")
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private List<JsonNode> topics() throws Exception {
    return new JsonMapper().readTree(get("/api/v1/topics")).get("topics").valueStream().toList();
  }

  private JsonNode counters(String kind, String topic) throws Exception {
    return topics().stream()
        .filter(one -> one.get("kind").asText().equals(kind))
        .filter(one -> one.path("topic").asText().equals(topic))
        .findFirst()
        .orElseGet(() -> new JsonMapper().createObjectNode());
  }

  private long counter(String kind, String topic, String name) throws Exception {
    return counters(kind, topic).path(name).asLong();
  }

  private static Message large(Target target) {
    return Message.to(target, "x".repeat(LARGE));
  }

  @Test
  void passingMessages_areCountedAsSent_droppedAndConflated() throws Exception {
    Target topic = new Target.Topic("ticks");
    try (StreamClient _ = connect("slow", "ticks")) {
      for (int i = 0; i < MANY; i++) {
        erp.publish(large(topic).passing());
      }
      await().until(() -> counter("topic", "ticks", "messages") == MANY);
      for (int i = 0; i < 20; i++) {
        erp.publish(large(topic).passing().key("one key"));
      }
      await().until(() -> counter("topic", "ticks", "conflated") == 19);
      JsonNode ticks = counters("topic", "ticks");
      assertThat(ticks.get("messages").asLong()).isEqualTo(MANY + 20);
      assertThat(ticks.get("sent").asLong()).isPositive();
      assertThat(ticks.get("dropped").asLong()).isPositive();
      assertThat(ticks.get("deferred").asLong()).isZero();
      assertThat(topics().getFirst().get("topic").asText()).isEqualTo("ticks"); // most dropped
    }
  }

  @Test
  void storedMessages_areDeferred_andSentWhenTheClientReads() throws Exception {
    try (StreamClient slow = connect("slow", "prices")) {
      for (int i = 0; i < MANY; i++) {
        erp.publish(large(new Target.Topic("prices")));
      }
      await().until(() -> counter("topic", "prices", "deferred") > 0);
      assertThat(counter("topic", "prices", "sent")).isLessThan(MANY);
      for (int i = 0; i < MANY; i++) {
        slow.notice();
      }
      await().until(() -> counter("topic", "prices", "sent") == MANY);
      assertThat(counter("topic", "prices", "dropped")).isZero();
    }
  }

  @Test
  void broadcastsAndAudiences_haveCountersOfTheirOwn() throws Exception {
    try (StreamClient a = connect("a");
        StreamClient b = connect("b")) {
      erp.publish(Message.to(new Target.Everyone(), "passing").passing());
      erp.publish(Message.to(new Target.Audience("user = 'a'"), "passing").passing());
      a.texts(2);
      b.texts(1);
      await().until(() -> counter("broadcast", "", "sent") == 2);
      await().until(() -> counter("audience", "", "sent") == 1);

      erp.publish(Message.to(new Target.Everyone(), "stored"));
      erp.publish(Message.to(new Target.Audience("user = 'b'"), "stored"));
      a.texts(1);
      b.texts(2);
      await().until(() -> counter("broadcast", "", "sent") == 4);
      await().until(() -> counter("audience", "", "sent") == 2);
      assertThat(counter("broadcast", "", "messages")).isEqualTo(2);
    }
  }

  @Test
  void manyTopics_areFewCounters_andFewSeries() throws Exception {
    try (GatewayFixture few = start("2")) {
      erp.close();
      fixture = few;
      erp = new Erp(few);
      manyTopics();
      erp.close();
      fixture = FIXTURE;
      erp = new Erp(FIXTURE);
    }
  }

  private void manyTopics() throws Exception {
    String[] names = {"a", "tricky \"\\}", "c", "d", "e"};
    try (StreamClient client = connect("a", names)) {
      for (String name : names) {
        erp.publish(Message.to(new Target.Topic(name), name).passing());
        client.texts(1);
      }
      erp.publish(Message.to(new Target.Topic("nobody follows"), "x").passing());
      await().until(() -> counter("other", "", "sent") == 3);
      assertThat(topics()).hasSize(2 + 3);
      assertThat(counter("topic", "tricky \"\\}", "sent")).isEqualTo(1);

      List<String> series = series("trunkline_topic_sent_total");
      assertThat(series).hasSize(2 + 3);
      assertThat(series)
          .anyMatch(line -> line.contains("topic=\"a\"") && line.endsWith(" 1.0"))
          .anyMatch(line -> line.contains("topic=\"tricky \\\"\\\\}\""))
          .anyMatch(line -> line.contains("kind=\"other\"") && line.endsWith(" 3.0"));
      assertThat(series("trunkline_topic_dropped_total")).hasSize(2 + 3);
    }
  }

  @Test
  void unknownCounter_isRefused_withThoseThatAre() throws Exception {
    var answer =
        http.send(
            HttpRequest.newBuilder(URI.create(fixture.api() + "/api/v1/topics?sort=lost"))
                .header("Authorization", "Bearer " + GatewayFixture.API_TOKEN)
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("conflated, deferred, dropped, messages, sent");
  }

  private List<String> series(String metric) throws Exception {
    return Stream.of(get("/observe/metrics").split("\n", -1))
        .filter(line -> line.startsWith(metric + "{"))
        .filter(line -> line.contains("node=\"" + NODE + "2\""))
        .toList();
  }
}
