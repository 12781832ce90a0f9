package io.trunkline.gateway.downlink;

import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Target;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.StreamPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A node for messages to many, with small bounds and short times, and a topic of its own for each
 * test.
 */
abstract class ManyFixture {
  private static GatewayFixture fixture;
  private static Gateway node;
  static Database database;
  static MessageStore store;

  final String run = UUID.randomUUID().toString();
  final String topic = "prices/" + run;
  Erp erp;

  @BeforeAll
  static void start() throws Exception {
    fixture =
        GatewayFixture.start(
            Map.of(
                "clients.max-outbound", "128KiB",
                "streams.max-topics", "3",
                "streams.overdue-after", "1s",
                "sessions.grace", "30s"));
    node = fixture.gateway();
    database = Database.open(fixture.database());
    store = database.messages();
  }

  @AfterAll
  static void stop() {
    database.close();
    fixture.close();
  }

  @BeforeEach
  void openErp() throws Exception {
    erp = new Erp(fixture);
  }

  @AfterEach
  void closeErp() {
    erp.close();
  }

  StreamClient connect(String user, StreamPosition... positions) throws IOException {
    return StreamClient.connect(
        node.clientAddress(),
        fixture.token(
            user + "-" + run,
            Map.of("topics", "prices/* news", "team", "t-" + user + run),
            Duration.ofHours(1)),
        "phone",
        positions);
  }

  static Target toTopic(String topic) {
    return new Target.Topic(topic);
  }

  String stored(Target target, String text) throws Exception {
    String id = erp.publish(Message.to(target, text));
    await().until(() -> !store.find(id).isEmpty());
    return id;
  }

  /** The rest of the topic's history goes, as soon as its summaries are written. */
  void keepOnly(int newest, int last) {
    StreamKey key = StreamKey.ofTopic(topic);
    await()
        .until(
            () -> {
              store.prune(Duration.ofDays(1), Duration.ofDays(1), newest, 10_000);
              return store.heads(List.of(key)).getOrDefault(key, StreamHead.EMPTY).prunedOffset()
                  == last - newest;
            });
  }
}
