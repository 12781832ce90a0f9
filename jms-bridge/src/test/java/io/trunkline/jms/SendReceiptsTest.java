package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts that their owner keeps until the broker has them. */
class SendReceiptsTest {
  private static final String QUEUE = "queue://trunkline.uplink.receipts";
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
  void receipt_hasItsIdStatusAndCorrelationId() throws Exception {
    ReceiptEnvelope receipt = to(ofErp(), "body");

    assertThat(bridge.sendReceipts(List.of(receipt))).isEmpty();

    TextMessage got = (TextMessage) erp.receiptMessage();
    assertThat(got.getText()).isEqualTo("body");
    assertThat(got.getJMSCorrelationID()).isEqualTo("c-body");
    assertThat(got.getStringProperty("tl_status")).isEqualTo("DELIVERED");
    assertThat(got.getStringProperty("tl_receipt_id")).isEqualTo(receipt.id().toString());
    assertThat(bridge.counts().receipts()).isEqualTo(1);
  }

  @Test
  void batchThatIsSentAgain_isNotDoubled_evenAfterTheBrokersDeath() throws Exception {
    List<ReceiptEnvelope> first = List.of(to(QUEUE, "1"), to(QUEUE, "2"));
    bridge.sendReceipts(first);
    broker.kill();
    await().untilAsserted(() -> assertThat(bridge.connected()).isFalse());
    broker.startAgain();
    List<ReceiptEnvelope> again = new ArrayList<>(first);
    again.add(to(QUEUE, "3"));

    assertThat(bridge.sendReceipts(again)).isEmpty();

    assertThat(bodiesIn("trunkline.uplink.receipts")).containsExactly("1", "2", "3");
  }

  @Test
  void destinationThatIsGone_isNamed_andCostsNoOtherReceipt() throws Exception {
    ReceiptEnvelope lost = to("temp-queue://" + UUID.randomUUID(), "lost");
    ReceiptEnvelope nonsense = to("nowhere", "nonsense");
    ReceiptEnvelope forbidden = to("queue://trunkline.none", "no such queue");

    List<UUID> undeliverable =
        bridge.sendReceipts(List.of(to(ofErp(), "a"), lost, nonsense, forbidden, to(ofErp(), "b")));

    assertThat(undeliverable).containsExactlyInAnyOrder(lost.id(), nonsense.id(), forbidden.id());
    assertThat(((TextMessage) erp.receiptMessage()).getText()).isEqualTo("a");
    assertThat(((TextMessage) erp.receiptMessage()).getText()).isEqualTo("b");
  }

  @Test
  void queueThatVanishesWhileTheBatchIsSent_costsItsOwnReceiptsOnly() throws Exception {
    TemporaryQueue vanishing = erp.session.createTemporaryQueue();
    try (BrokerLink link = BrokerLink.open(broker.config(), "sender");
        Session session = link.require().createSession(Session.SESSION_TRANSACTED)) {
      Connection connection = link.require();
      BatchSender<Outgoing> sender = new BatchSender<>(session, () -> link.isCurrent(connection));
      String gone = "temp-queue://" + vanishing.getQueueName();

      List<BatchSender.Refused<Outgoing>> refused =
          sender.send(
              List.of(
                  outgoing(ofErp(), () -> "before"),
                  outgoing(gone, () -> "known"),
                  // The sender has asked for the queue already.
                  outgoing(gone, () -> deleted(vanishing)),
                  outgoing(ofErp(), () -> "after")));

      assertThat(refused.stream().map(each -> each.message().to())).containsExactly(gone, gone);
      assertThat(((TextMessage) erp.receiptMessage()).getText()).isEqualTo("before");
      assertThat(((TextMessage) erp.receiptMessage()).getText()).isEqualTo("after");
      assertThat(sender.send(List.of(outgoing(ofErp(), () -> "next")))).isEmpty();
      assertThat(((TextMessage) erp.receiptMessage()).getText()).isEqualTo("next");
    }
  }

  @Test
  void whileTheBrokerIsAway_theCallerHearsIt() throws Exception {
    JmsConfig config = broker.config();
    var impatient =
        new JmsConfig(
            config.url(),
            config.user(),
            config.password(),
            Duration.ofMillis(2_500),
            config.connectionTtl());
    try (JmsBridge own = JmsBridge.open(impatient, "impatient")) {
      broker.kill();
      await().untilAsserted(() -> assertThat(own.connected()).isFalse());

      assertThatThrownBy(() -> own.sendReceipts(List.of(to(QUEUE, "x"))))
          .isInstanceOf(BrokerUnavailableException.class);
    }
  }

  private String ofErp() throws JMSException {
    return "temp-queue://" + erp.receipts.getQueueName();
  }

  private static ReceiptEnvelope to(String destination, String body) {
    return new ReceiptEnvelope(UUID.randomUUID(), destination, "c-" + body, "DELIVERED", body);
  }

  private static Outgoing outgoing(String to, java.util.function.Supplier<String> body) {
    return new Outgoing(
        Outgoing.Kind.RECEIPT, to, Optional.empty(), Map.of(), /* persistent= */ false, body);
  }

  private static String deleted(TemporaryQueue queue) {
    try {
      queue.delete();
      return "deleted";
    } catch (JMSException e) {
      // At the second attempt.
      return "was deleted";
    }
  }

  private List<String> bodiesIn(String queue) throws Exception {
    List<String> bodies = new ArrayList<>();
    try (BrokerLink link = BrokerLink.open(broker.config(), "reader");
        Session session = link.require().createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
      for (Message next = consumer.receive(2_000); next != null; next = consumer.receive(500)) {
        bodies.add(((TextMessage) next).getText());
      }
    }
    return bodies;
  }
}
