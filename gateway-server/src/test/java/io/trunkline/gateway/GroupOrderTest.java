package io.trunkline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.protocol.v1.Notify;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Order within a {@code JMSXGroupID}, while nodes come and go. */
class GroupOrderTest {
  private static final int OLD_GROUPS = 4;
  private static final int GROUPS = 12;
  private static final int MESSAGES = 90;
  private static final String SECOND = "gw-group-2";

  private final String run = UUID.randomUUID().toString();

  @Test
  void persistentMessagesOfAGroup_keepTheirOrder_whenANodeJoinsAndIsKilled() throws Exception {
    try (GatewayFixture fixture = GatewayFixture.start(Map.of("jms.connect-timeout", "30s"));
        var factory =
            new ActiveMQConnectionFactory(
                fixture.jms().url(), "publisher", fixture.publisherPassword());
        JMSContext jms = factory.createContext()) {
      List<StreamClient> clients = new ArrayList<>();
      for (int group = 0; group < GROUPS; group++) {
        clients.add(
            StreamClient.connect(
                fixture.gateway().clientAddress(), fixture.token(user(group)), "phone"));
      }
      publish(jms, OLD_GROUPS, 0, MESSAGES / 3);
      try (NodeProcess second = fixture.startNodeProcess(SECOND)) {
        publish(jms, GROUPS, MESSAGES / 3, 2 * MESSAGES / 3);
        Awaitility.await().until(() -> storedBySecond(fixture) > 0);
        Thread killer = Thread.ofVirtual().start(() -> kill(second));
        publish(jms, GROUPS, 2 * MESSAGES / 3, MESSAGES);
        killer.join();
      }
      for (int group = 0; group < GROUPS; group++) {
        int first = group < OLD_GROUPS ? 0 : MESSAGES / 3;
        assertThat(inOrderOfStoring(clients.get(group), MESSAGES - first))
            .containsExactlyElementsOf(
                IntStream.range(first, MESSAGES).mapToObj(Integer::toString).toList());
      }
      for (StreamClient client : clients) {
        client.close();
      }
    }
  }

  private String user(int group) {
    return "g" + group + "-" + run;
  }

  private static void kill(NodeProcess node) {
    try {
      node.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish(JMSContext jms, int groups, int from, int to) throws Exception {
    JMSProducer producer = jms.createProducer();
    Topic downlink = jms.createTopic("trunkline.downlink");
    for (int number = from; number < to; number++) {
      for (int group = 0; group < groups; group++) {
        TextMessage message = jms.createTextMessage(Integer.toString(number));
        message.setStringProperty("tl_user", user(group));
        message.setStringProperty("JMSXGroupID", user(group));
        producer.send(downlink, message);
      }
    }
  }

  private static int storedBySecond(GatewayFixture fixture) throws Exception {
    var db = fixture.database();
    try (var connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "select count(*) from report.delivery_trace where step = 'STORED' and node_id = '"
                    + SECOND
                    + "'")) {
      result.next();
      return result.getInt(1);
    }
  }

  /** A message may come more than once; its offset says where it was stored. */
  private static List<String> inOrderOfStoring(StreamClient client, int count) throws Exception {
    Map<Long, String> byOffset = new TreeMap<>();
    while (byOffset.size() < count) {
      Notify notice = client.notice();
      byOffset.put(notice.getOffset(), notice.getPayload().toStringUtf8());
      client.ack(notice);
    }
    return List.copyOf(byOffset.values());
  }
}
