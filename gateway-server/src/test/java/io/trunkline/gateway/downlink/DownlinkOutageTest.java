package io.trunkline.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import io.trunkline.jms.Expect;
import io.trunkline.jms.JmsConfig;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.Notify;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQQueue;
import org.apache.activemq.artemis.jms.client.ActiveMQTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Database, broker and node go away between a publication and its receipt; they all come back. */
class DownlinkOutageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static GatewayFixture fixture;

  private final String user = "o-" + UUID.randomUUID();
  private Erp erp;

  @BeforeAll
  static void start() {
    fixture =
        GatewayFixture.start(Map.of("downlink.ack-timeout", "20s", "clients.event-loops", "1"));
  }

  @AfterAll
  static void stop() {
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

  private StreamClient connect(Gateway node) throws IOException {
    return StreamClient.connect(node.clientAddress(), fixture.token(user), "phone");
  }

  private List<String> publish(int count) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      ids.add(erp.publish(Erp.Message.to(user, Integer.toString(i))));
    }
    return ids;
  }

  @Test
  void databaseAway_whileAcksArrive_nothingIsLost_andReceiptsComeWhenItIsBack() throws Exception {
    try (StreamClient client = connect(fixture.gateway())) {
      List<String> ids = publish(50);
      List<Notify> got = client.notices(50);
      fixture.takeDatabaseAway();
      for (Notify one : got) {
        client.ack(one);
      }
      // The connection lives on, and what is published now waits in the broker.
      assertThat(client.noticesSoFar()).isEmpty();
      String later = erp.publish(Erp.Message.to(user, "later"));
      String passing = erp.publish(Erp.Message.to(new Target.Everyone(), "passing").passing());
      assertThat(client.notice().getMessageId()).isEqualTo(passing);
      assertThat(erp.receiptsOf(ids.getFirst())).isEmpty();

      fixture.bringDatabaseBack();
      for (String id : ids) {
        erp.receipt(id, Status.DELIVERED, PATIENCE);
        assertThat(erp.receiptsOf(id)).hasSize(1);
      }
      Notify last = client.notice();
      assertThat(last.getMessageId()).isEqualTo(later);
      client.ack(last);
      erp.receipt(later, Status.DELIVERED, PATIENCE);
    }
  }

  @Test
  void databaseAwayAtHello_theSessionStands_andGetsAllWhenItIsBack() throws Exception {
    List<String> ids = publish(3);
    try (Database database = Database.open(fixture.database())) {
      MessageStore store = database.messages();
      await().until(() -> ids.stream().noneMatch(id -> store.find(id).isEmpty()));
    }
    fixture.takeDatabaseAway();
    try (StreamClient client = connect(fixture.gateway())) {
      fixture.bringDatabaseBack();
      List<Notify> got = client.notices(3);
      assertThat(got).extracting(Notify::getOffset).containsExactly(1L, 2L, 3L);
      for (Notify one : got) {
        client.ack(one);
      }
      String later = erp.publish(Erp.Message.to(user, "later"));
      Notify last = client.notice();
      assertThat(last.getMessageId()).isEqualTo(later);
      client.ack(last);
      erp.receipt(later, Status.DELIVERED, PATIENCE);
      ids.forEach(id -> erp.receipt(id, Status.DELIVERED, PATIENCE));
      String forAll = erp.publish(Erp.Message.to(new Target.Everyone(), "for all"));
      assertThat(client.notice().getMessageId()).isEqualTo(forAll);
    }
  }

  @Test
  void brokerAway_whileReceiptsWait_theyComeToTheirQueueWhenItIsBack_eachOnce() throws Exception {
    var queue = new ActiveMQQueue("erp.receipts");
    JmsConfig jms = fixture.jms();
    try (Database database = Database.open(fixture.database());
        var factory = new ActiveMQConnectionFactory(jms.url(), jms.user(), jms.password());
        StreamClient client = connect(fixture.gateway())) {
      MessageStore store = database.messages();
      createQueue(factory, jms, queue.getName());
      try (JMSContext context = factory.createContext()) {
        for (int i = 1; i <= 20; i++) {
          context
              .createProducer()
              .setProperty("tl_user", user)
              .setProperty("tl_id", user + i)
              .setJMSReplyTo(queue)
              .setJMSCorrelationID("order " + i)
              .send(new ActiveMQTopic("trunkline.downlink"), "text " + i);
        }
      }
      List<Notify> got = client.notices(20);
      fixture.killBroker();
      for (Notify one : got) {
        client.ack(one);
      }
      await()
          .until(
              () ->
                  got.stream()
                      .allMatch(
                          one ->
                              store.find(one.getMessageId()).getFirst().state()
                                  == MessageState.DELIVERED));
      fixture.startBrokerAgain();

      Set<String> correlations = new HashSet<>();
      Set<String> ids = new HashSet<>();
      try (JMSContext context = factory.createContext();
          JMSConsumer consumer = context.createConsumer(queue)) {
        while (correlations.size() < 20) {
          Message receipt = consumer.receive(PATIENCE.toMillis());
          assertThat(receipt).as("after %d receipts", correlations.size()).isNotNull();
          assertThat(receipt.getStringProperty("tl_status")).isEqualTo("DELIVERED");
          assertThat(receipt.getBody(String.class)).contains(user);
          correlations.add(receipt.getJMSCorrelationID());
          ids.add(receipt.getStringProperty("tl_receipt_id"));
        }
      }
      // Sent twice they may be, if the broker died between taking and saying so: under one id.
      assertThat(ids).hasSize(20);
      await().until(() -> store.takeOverReceipts(Duration.ZERO, 100).isEmpty());
    }
  }

  /** As the broker's administrator does it. */
  private static void createQueue(ActiveMQConnectionFactory factory, JmsConfig jms, String name)
      throws Exception {
    try (var sessions = factory.getServerLocator().createSessionFactory();
        var session =
            sessions.createSession(jms.user(), jms.password(), false, true, true, false, 0)) {
      session.createAddress(SimpleString.of(name), RoutingType.ANYCAST, false);
      session.createQueue(
          QueueConfiguration.of(name).setRoutingType(RoutingType.ANYCAST).setDurable(true));
    }
  }

  @Test
  void nodeStoppedAndStartedAgain_pendingOnesAreSent_positionsHold_andReceiptsGoOut()
      throws Exception {
    Gateway second = fixture.startNode("gw-second", Map.of());
    List<String> ids;
    Notify first;
    try (StreamClient client = connect(second)) {
      ids = publish(3);
      List<Notify> got = client.notices(3);
      first = got.getFirst();
      client.ack(first);
      erp.receipt(first.getMessageId(), Status.DELIVERED, PATIENCE);
      second.close();
    }
    second = fixture.startNode("gw-second", Map.of());
    try (StreamClient client =
        StreamClient.connect(
            second.clientAddress(), fixture.token(user), "phone", StreamClient.after(first))) {
      assertThat(client.start("user").getRecovered()).isTrue();
      List<Notify> got = client.notices(2);
      assertThat(got).extracting(Notify::getOffset).containsExactly(2L, 3L);
      for (Notify one : got) {
        client.ack(one);
      }
      for (String id : ids) {
        erp.receipt(id, Status.DELIVERED, PATIENCE);
        assertThat(erp.receiptsOf(id)).hasSize(1);
      }
    } finally {
      second.close();
    }
  }

  /** The outbox as a node leaves it that dies between commit and send. */
  @Test
  void receiptsThatADeadNodeLeft_areSentByAnother() throws Exception {
    try (Database database = Database.open(fixture.database())) {
      MessageStore store = database.messages();
      String id = erp.publish(Erp.Message.to(user, "x").expecting(Expect.ACK));
      await().until(() -> !store.find(id).isEmpty());
      var stored = store.find(id).getFirst();
      var result =
          store.settle(
              List.of(
                  new io.trunkline.persistence.Settlement(
                      StreamKey.ofUser(user),
                      stored.epoch(),
                      stored.offset(),
                      id,
                      MessageState.DELIVERED,
                      java.util.Optional.empty(),
                      java.util.Optional.of(user),
                      java.util.Optional.of("phone"),
                      "gw-dead",
                      java.time.Instant.now(),
                      "",
                      java.util.Optional.empty())),
              Downlink.receiptWriter("gw-dead"));
      assertThat(result.receipts()).hasSize(1);
      aMinutePasses();
      assertThat(erp.receipt(id, Status.DELIVERED, PATIENCE).id())
          .isEqualTo(result.receipts().getFirst().id().toString());
      await().until(() -> store.takeOverReceipts(Duration.ZERO, 100).isEmpty());
      assertThat(erp.receiptsOf(id)).hasSize(1);
    }
  }

  /** For receipts that wait: a living node would have sent them by now. */
  private void aMinutePasses() throws SQLException {
    var db = fixture.database();
    try (Connection connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE trunkline.receipt SET created_at = created_at - interval '1 minute'");
    }
  }
}
