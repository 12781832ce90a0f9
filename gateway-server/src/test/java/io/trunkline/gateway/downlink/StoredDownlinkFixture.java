package io.trunkline.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.protocol.v1.StreamPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A node for persistent messages to users, with short times, and a user of its own for each test.
 */
abstract class StoredDownlinkFixture {
  static final GatewayFixture FIXTURE = GatewayFixture.shared();
  static final int WINDOW = 8;

  static Gateway node;
  private static Database database;
  static MessageStore store;

  final String user = "s-" + UUID.randomUUID();
  Erp erp;

  @BeforeAll
  static void start() throws Exception {
    node =
        FIXTURE.startNode(
            "gw-stored",
            Map.of(
                "downlink.ack-timeout", "2s",
                "streams.max-ack-timeout", "2s",
                "streams.max-attempts", "2",
                "streams.overdue-after", "1s",
                "streams.window", Integer.toString(WINDOW)));
    database = Database.open(FIXTURE.database());
    store = database.messages();
  }

  @AfterAll
  static void stop() {
    database.close();
    node.close();
  }

  @BeforeEach
  void openErp() throws Exception {
    erp = new Erp(FIXTURE);
  }

  @AfterEach
  void closeErp() {
    erp.close();
  }

  /** Returns when the other node, too, can know of the session. */
  StreamClient connect(String device, StreamPosition... positions) throws IOException {
    StreamClient client =
        StreamClient.connect(node.clientAddress(), FIXTURE.token(user), device, positions);
    UUID id = UUID.fromString(client.welcome().getSessionId());
    await().until(() -> database.sessions().find(id).isPresent());
    return client;
  }

  String publish(String text) throws Exception {
    return erp.publish(Message.to(user, text));
  }

  /** Published and committed, in this order. */
  List<String> stored(String... texts) throws Exception {
    List<String> ids = new ArrayList<>();
    for (String text : texts) {
      ids.add(stored(Message.to(user, text)));
    }
    return ids;
  }

  String stored(Message message) throws Exception {
    String id = erp.publish(message);
    await().until(() -> !store.find(id).isEmpty());
    return id;
  }

  static StoredMessage only(String id) {
    return store.find(id).getFirst();
  }

  static void awaitState(String id, MessageState state) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(only(id).state()).isEqualTo(state));
  }

  static List<DeliveryStep.Kind> trace(String id) {
    StoredMessage stored = only(id);
    return store.trace(stored.message().stream(), stored.epoch(), stored.offset(), 100).stream()
        .map(DeliveryStep::kind)
        .toList();
  }

  static String[] numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toArray(String[]::new);
  }
}
