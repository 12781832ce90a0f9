package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What JMS promises of a message holds on its way through the bridge. */
class HeadersTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private BrokerProcess broker;
  private JmsBridge bridge;
  private Erp erp;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    broker = new BrokerProcess(folder);
    bridge = JmsBridge.open(broker.config(), "node");
    erp = new Erp(broker);
  }

  @AfterEach
  void stop() {
    erp.close();
    bridge.close();
    broker.close();
  }

  @Test
  void whatWaits_comesByPriority() throws Exception {
    subscribeAndLeave();
    for (int priority : new int[] {1, 9, 4}) {
      send(toAlice("p" + priority), priority, 0, 0);
    }
    Recorder recorder = Recorder.done();

    bridge.consumeDownlink("n1", recorder);

    await()
        .untilAsserted(
            () -> assertThat(Recorder.bodies(recorder.resolved)).containsExactly("p9", "p4", "p1"));
    assertThat(recorder.resolved.getFirst().priority()).isEqualTo(9);
  }

  @Test
  void deliveryDelay_isWaitedFor() throws Exception {
    List<Instant> arrivals = new CopyOnWriteArrayList<>();
    Recorder recorder =
        new Recorder(
            message -> {
              arrivals.add(Instant.now());
              return JmsBridge.Route.toNode("n1");
            });
    bridge.consumeDownlink("n1", recorder);
    Instant before = Instant.now();

    send(toAlice("late"), 4, 0, 1_500);
    send(toAlice("now"), 4, 0, 0);

    await()
        .untilAsserted(
            () -> assertThat(Recorder.bodies(recorder.delivered)).containsExactly("now", "late"));
    assertThat(arrivals.getLast()).isAfterOrEqualTo(before.plusMillis(1_400));
  }

  @Test
  void whatExpiresInTheBroker_isReportedOnce() throws Exception {
    subscribeAndLeave();
    TextMessage persistent = toAlice("persistent");
    send(persistent, DeliveryMode.PERSISTENT, 4, 200, 0);
    TextMessage nonPersistent = erp.text("non-persistent");
    nonPersistent.setJMSReplyTo(erp.receipts);
    nonPersistent.setJMSCorrelationID("c-2");
    send(nonPersistent, DeliveryMode.NON_PERSISTENT, 4, 200, 0);
    List<DownlinkMessage> expired = new CopyOnWriteArrayList<>();
    AtomicBoolean failed = new AtomicBoolean();
    Recorder recorder =
        new Recorder(message -> new JmsBridge.Route.Done()) {
          @Override
          public List<DownlinkMessage> expired(List<DownlinkMessage> batch) {
            if (failed.compareAndSet(false, true)) {
              throw new IllegalStateException("comes again");
            }
            expired.addAll(batch);
            return batch;
          }
        };
    // Later than the messages' time.
    await().pollDelay(Duration.ofMillis(400)).until(() -> true);

    bridge.consumeDownlink("n1", recorder);

    await().atMost(LONG).untilAsserted(() -> assertThat(expired).hasSize(2));
    List<JsonNode> receipts = List.of(erp.receipt(), erp.receipt());
    assertThat(receipts)
        .allMatch(receipt -> receipt.get("status").asText().equals("EXPIRED"))
        .extracting(receipt -> receipt.get("message_id").asText())
        .containsExactlyInAnyOrder(persistent.getJMSMessageID(), nonPersistent.getJMSMessageID());
    assertThat(recorder.resolved).isEmpty();
    assertThat(recorder.delivered).isEmpty();
    DownlinkMessage first = expired.getFirst();
    assertThat(first.expiresAt().orElseThrow()).isBefore(Instant.now());
  }

  @Test
  void copyOfAStoredMessage_thatExpires_isNotReported() throws Exception {
    subscribeAndLeave();
    try (BrokerLink link = BrokerLink.open(broker.config(), "gateway");
        Session session = link.require().createSession();
        MessageProducer producer =
            session.createProducer(session.createTopic(Destinations.DOWNLINK))) {
      TextMessage copy = session.createTextMessage("stored");
      copy.setStringProperty("tl_node", "n1");
      copy.setStringProperty("tl_epoch", "1");
      copy.setStringProperty("tl_offset", "2");
      copy.setJMSReplyTo(erp.receipts);
      producer.send(copy, DeliveryMode.NON_PERSISTENT, 4, 100);
    }
    send(toAlice("reported"), DeliveryMode.PERSISTENT, 4, 100, 0);
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);

    bridge.consumeDownlink("n1", Recorder.done());

    await().atMost(LONG).untilAsserted(() -> assertThat(bridge.counts().consumed()).isEqualTo(2));
    assertThat(bridge.counts().receipts()).isEqualTo(1);
  }

  @Test
  void groupOrderAndRedelivery_areSeen() throws Exception {
    AtomicBoolean failed = new AtomicBoolean();
    Recorder recorder =
        new Recorder(
            message -> {
              if (failed.compareAndSet(false, true)) {
                throw new IllegalStateException("comes again");
              }
              return JmsBridge.Route.toNode("n1");
            });
    bridge.consumeDownlink("n1", recorder);
    for (int i = 0; i < 20; i++) {
      TextMessage message = toAlice("g" + i);
      message.setStringProperty("JMSXGroupID", "group");
      send(message, 4, 0, 0);
    }

    await().untilAsserted(() -> assertThat(recorder.delivered).hasSize(20));

    assertThat(Recorder.bodies(recorder.delivered))
        .containsExactlyElementsOf(
            java.util.stream.IntStream.range(0, 20).mapToObj(i -> "g" + i).toList());
    assertThat(recorder.delivered)
        .allMatch(message -> message.group().equals(Optional.of("group")));
    assertThat(recorder.resolved).anyMatch(DownlinkMessage::redelivered);
    DownlinkMessage copy = recorder.delivered.getFirst();
    assertThat(copy.redelivered()).isFalse();
    assertThat(copy.jmsMessageId()).isEqualTo(recorder.resolved.getFirst().jmsMessageId());
  }

  @Test
  void messageThatIsGivenBackForEver_isNeverLost() throws Exception {
    subscribeAndLeave();
    erp.persistent(toAlice("kept"));
    try (BrokerLink link = BrokerLink.open(broker.config(), "impatient");
        Session session = link.require().createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer =
            session.createSharedDurableConsumer(
                session.createTopic(Destinations.DOWNLINK),
                "route",
                Subscription.shared().selector())) {
      for (int attempt = 0; attempt < 25; attempt++) {
        assertThat(consumer.receive(60_000)).as("attempt %d", attempt).isNotNull();
        session.rollback();
      }
    }
    Recorder recorder = Recorder.done();

    bridge.consumeDownlink("n1", recorder);

    await()
        .untilAsserted(
            () -> assertThat(Recorder.bodies(recorder.resolved)).containsExactly("kept"));
  }

  @Test
  void copyOfAStoredMessage_isNotPersistent_andSaysThatTheMessageIs() throws Exception {
    Stamp stamp = new Stamp(7, 42);
    Recorder first =
        new Recorder(
            message ->
                new JmsBridge.Route.ToNodes(
                    Set.of("n2"), /* servedHere= */ false, Optional.of(stamp)));
    Recorder second =
        new Recorder(
            message ->
                new JmsBridge.Route.ToNodes(
                    Set.of("n2"), /* servedHere= */ false, Optional.of(stamp)));
    bridge.consumeDownlink("n1", first);
    try (JmsBridge other = JmsBridge.open(broker.config(), "other")) {
      other.consumeDownlink("n2", second);
      TextMessage sent = erp.text("stored", "tl_user", "alice", "tl_id", "own-id");
      sent.setJMSReplyTo(erp.receipts);
      send(sent, DeliveryMode.PERSISTENT, 8, 60_000, 0);
      // For many: it must not be taken for one straight from a publisher.
      erp.persistent(erp.text("for many"));

      await().untilAsserted(() -> assertThat(second.delivered).hasSize(2));
      assertThat(first.delivered).isEmpty();
      assertThat(first.resolved.size() + second.resolved.size()).isEqualTo(2);
      DownlinkMessage copy =
          second.delivered.stream()
              .filter(message -> message.id().equals("own-id"))
              .findFirst()
              .orElseThrow();
      assertThat(copy.stamp()).contains(stamp);
      assertThat(copy.persistent()).isTrue();
      assertThat(copy.priority()).isEqualTo(8);
      assertThat(copy.jmsMessageId()).isEqualTo(sent.getJMSMessageID());
      assertThat(copy.publishedAt()).isEqualTo(Instant.ofEpochMilli(sent.getJMSTimestamp()));
      assertThat(copy.expiresAt().orElseThrow())
          .isBetween(
              Instant.ofEpochMilli(sent.getJMSExpiration() - 1_000),
              Instant.ofEpochMilli(sent.getJMSExpiration() + 1_000));
      assertThat(copy.replyAddress()).contains("temp-queue://" + erp.receipts.getQueueName());
    }
  }

  private void subscribeAndLeave() throws Exception {
    try (JmsBridge before = JmsBridge.open(broker.config(), "before")) {
      before.consumeDownlink("n1", Recorder.done());
    }
  }

  private TextMessage toAlice(String body) throws JMSException {
    TextMessage message = erp.text(body, "tl_user", "alice");
    message.setJMSReplyTo(erp.receipts);
    return message;
  }

  private void send(Message message, int priority, long ttlMs, long delayMs) throws JMSException {
    send(message, DeliveryMode.PERSISTENT, priority, ttlMs, delayMs);
  }

  private void send(Message message, int mode, int priority, long ttlMs, long delayMs)
      throws JMSException {
    try (MessageProducer producer =
        erp.session.createProducer(erp.session.createTopic(Destinations.DOWNLINK))) {
      producer.setDeliveryDelay(delayMs);
      producer.send(message, mode, priority, ttlMs);
    }
  }
}
