package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a publisher hears of its messages. */
class ReceiptsTest {
  private static BrokerProcess broker;
  private Erp erp;
  private JmsBridge bridge;
  private Recorder recorder;

  @BeforeAll
  static void startBroker(@TempDir Path folder) throws Exception {
    broker = new BrokerProcess(folder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open() throws Exception {
    bridge = JmsBridge.open(broker.config(), "node");
    erp = new Erp(broker);
    recorder = Recorder.done();
    bridge.consumeDownlink("n1", recorder);
  }

  @AfterEach
  void close() {
    erp.close();
    bridge.close();
  }

  @Test
  void receipt_reachesTheReplyQueue_withTheCorrelationId() throws Exception {
    TextMessage sent = erp.text("hello", "tl_user", "alice", "tl_expect", "reply");
    sent.setJMSReplyTo(erp.receipts);
    sent.setJMSCorrelationID("order-17");
    erp.nonPersistent(sent);

    bridge.receipt(await().until(this::resolved, Optional::isPresent).get(), replied("{\"ok\":1}"));

    Message got = erp.receiptMessage();
    assertThat(got.getJMSCorrelationID()).isEqualTo("order-17");
    assertThat(got.getStringProperty("tl_status")).isEqualTo("REPLIED");
    JsonNode json = Json.parse(((TextMessage) got).getText());
    assertThat(json.get("message_id").asText()).isEqualTo(sent.getJMSMessageID());
    assertThat(json.get("at").asText()).isEqualTo("2026-01-02T03:04:05.000Z");
    assertThat(json.get("payload").asText()).isEqualTo("{\"ok\":1}");
    assertThat(json.get("counts").get("sent").asLong()).isEqualTo(2);
  }

  @Test
  void withoutCorrelationId_theMessageIdIsUsed() throws Exception {
    TextMessage sent = erp.text("hello", "tl_user", "alice");
    sent.setJMSReplyTo(erp.receipts);
    erp.persistent(sent);

    bridge.receipt(await().until(this::resolved, Optional::isPresent).get(), replied("x"));

    assertThat(erp.receiptMessage().getJMSCorrelationID()).isEqualTo(sent.getJMSMessageID());
  }

  @Test
  void replyQueueThatIsGone_costsItsOwnReceiptsOnly() throws Exception {
    TemporaryQueue gone = erp.session.createTemporaryQueue();
    TextMessage first = erp.text("1", "tl_user", "alice");
    first.setJMSReplyTo(gone);
    erp.nonPersistent(first);
    TextMessage second = erp.text("2", "tl_user", "alice");
    second.setJMSReplyTo(erp.receipts);
    erp.nonPersistent(second);
    await().untilAsserted(() -> assertThat(recorder.resolved).hasSize(2));
    // Known to the sender while it exists, then deleted.
    bridge.receipt(recorder.resolved.getFirst(), replied("a"));
    await().untilAsserted(() -> assertThat(bridge.counts().receipts()).isEqualTo(1));
    gone.delete();

    for (int i = 0; i < 10; i++) {
      bridge.receipt(recorder.resolved.getFirst(), replied("lost"));
      bridge.receipt(recorder.resolved.getLast(), replied("kept " + i));
    }

    for (int i = 0; i < 10; i++) {
      assertThat(erp.receipt().get("payload").asText()).isEqualTo("kept " + i);
    }
    await().untilAsserted(() -> assertThat(bridge.counts().dropped()).isEqualTo(10));
    assertThat(bridge.counts().receipts()).isEqualTo(11);
  }

  @Test
  void publish_takesTheReceiptsOfItsOwnMessage() throws Exception {
    List<Receipt> receipts = new CopyOnWriteArrayList<>();
    Draft draft =
        RoutingTest.draft(new Target.User("alice", Optional.empty()), true, Optional.empty());

    try (JmsBridge.Publication publication = bridge.publish(draft, receipts::add)) {
      DownlinkMessage message = await().until(this::resolved, Optional::isPresent).get();
      assertThat(message.id()).isEqualTo(publication.messageId());
      assertThat(message.expect()).isEqualTo(Expect.ACK);
      bridge.receipt(message, replied("yes"));
      await().untilAsserted(() -> assertThat(receipts).hasSize(1));
    }

    assertThat(receipts.getFirst().status()).isEqualTo(Receipt.Status.REPLIED);
    assertThat(receipts.getFirst().payload().orElseThrow()).asString().isEqualTo("yes");
    assertThat(bridge.counts().published()).isEqualTo(1);
  }

  @Test
  void badMessage_isPutAsideAndReported_andTheNextOneIsTaken() throws Exception {
    TextMessage bad = erp.text("keep me", "tl_user", "a", "tl_topic", "t", "own", "kept");
    bad.setJMSReplyTo(erp.receipts);
    erp.persistent(bad);
    erp.nonPersistent(erp.text("good"));

    TextMessage aside = (TextMessage) erp.rejected();
    assertThat(aside.getText()).isEqualTo("keep me");
    assertThat(aside.getStringProperty("tl_user")).isEqualTo("a");
    assertThat(aside.getStringProperty("own")).isEqualTo("kept");
    assertThat(aside.getStringProperty("tl_reject_code")).isEqualTo("CONFLICTING_TARGETS");
    assertThat(aside.getStringProperty("tl_reject_reason")).contains("only one of");
    assertThat(aside.getStringProperty("tl_reject_original_id")).isEqualTo(bad.getJMSMessageID());
    JsonNode receipt = erp.receipt();
    assertThat(receipt.get("status").asText()).isEqualTo("REJECTED");
    assertThat(receipt.get("detail").asText()).startsWith("CONFLICTING_TARGETS");
    await()
        .untilAsserted(
            () -> assertThat(Recorder.bodies(recorder.delivered)).containsExactly("good"));
    assertThat(recorder.resolved).isEmpty();
    assertThat(bridge.counts().rejected()).isEqualTo(1);
  }

  @Test
  void eachKindOfNonsense_isPutAsideWithItsCode() throws Exception {
    Message wrongType = erp.text("x");
    wrongType.setIntProperty("tl_user", 7);
    MapMessage map = erp.session.createMapMessage();
    map.setString("a", "b");
    Message replyToControl = erp.text("x");
    replyToControl.setJMSReplyTo(erp.session.createTopic(Destinations.CONTROL));
    Map<Message, String> cases =
        Map.of(
            wrongType,
            "INVALID_PROPERTY",
            erp.text("x", "tl_usr", "a"),
            "UNKNOWN_PROPERTY",
            map,
            "UNSUPPORTED_BODY",
            erp.session.createObjectMessage(new Exploding()),
            "UNSUPPORTED_BODY",
            erp.text("x".repeat((1 << 20) + 1)),
            "TOO_LARGE",
            replyToControl,
            "INVALID_REPLY_TO");
    for (Map.Entry<Message, String> each : cases.entrySet()) {
      erp.persistent(each.getKey());
      Message aside = erp.rejected();
      assertThat(aside.getStringProperty("tl_reject_code")).isEqualTo(each.getValue());
      assertThat(aside.getStringProperty("tl_reject_original_id"))
          .isEqualTo(each.getKey().getJMSMessageID());
    }
  }

  @Test
  void badBroadcast_thatAnotherNodeHasPutAsideBefore_isNotPutAsideAgain() throws Exception {
    try (JmsBridge other = JmsBridge.open(broker.config(), "other")) {
      other.consumeDownlink("n2", Recorder.done());
    }
    erp.nonPersistent(erp.text("x", "tl_usr", "a"));
    await().untilAsserted(() -> assertThat(bridge.counts().rejected()).isEqualTo(1));

    try (JmsBridge other = JmsBridge.open(broker.config(), "other")) {
      other.consumeDownlink("n2", Recorder.done());
      await().untilAsserted(() -> assertThat(other.counts().rejected()).isEqualTo(1));
    }
    erp.nonPersistent(erp.text("y", "tl_usr", "a"));

    assertThat(((TextMessage) erp.rejected()).getText()).isEqualTo("x");
    assertThat(((TextMessage) erp.rejected()).getText()).isEqualTo("y");
  }

  @Test
  void hugeBody_isRefusedUnread_andTheNextMessageIsTaken() throws Exception {
    erp.persistent(erp.text("x".repeat(8 << 20)));
    jakarta.jms.BytesMessage bytes = erp.session.createBytesMessage();
    bytes.writeBytes(new byte[8 << 20]);
    erp.nonPersistent(bytes);
    erp.nonPersistent(erp.text("y".repeat(500_000)));

    for (int i = 0; i < 2; i++) {
      Message aside = erp.rejected();
      assertThat(aside.getStringProperty("tl_reject_code")).isEqualTo("TOO_LARGE");
      assertThat(aside.getStringProperty("tl_reject_reason")).contains("1048576 are allowed");
      assertThat(aside).isNotInstanceOf(TextMessage.class);
    }
    await().untilAsserted(() -> assertThat(recorder.delivered).hasSize(1));
    assertThat(recorder.delivered.getFirst().payload()).hasSize(500_000);
  }

  @Test
  void forgedNode_isRefused() throws Exception {
    TextMessage forged = erp.text("x", "tl_node", "n1", "tl_user", "alice");
    forged.setStringProperty("JMSXUserID", "gateway");
    erp.nonPersistent(forged);

    Message aside = erp.rejected();
    assertThat(aside.getStringProperty("tl_reject_code")).isEqualTo("INVALID_PROPERTY");
    assertThat(aside.getStringProperty("tl_reject_reason")).contains("tl_node");
    assertThat(recorder.delivered).isEmpty();
  }

  @Test
  void refusedMessage_isPutAsideAndReportedOnce_howeverOftenItsBatchComesAgain() throws Exception {
    java.util.concurrent.atomic.AtomicInteger attempts =
        new java.util.concurrent.atomic.AtomicInteger();
    bridge.close();
    try (JmsBridge before = JmsBridge.open(broker.config(), "before")) {
      before.consumeDownlink("n1", Recorder.done());
    }
    for (String[] target : new String[][] {{"tl_usr", "a"}, {"tl_type", "good"}}) {
      TextMessage message = erp.text(target[0], target);
      message.setJMSReplyTo(erp.receipts);
      erp.persistent(message);
    }
    bridge = JmsBridge.open(broker.config(), "node");

    bridge.consumeDownlink(
        "n1",
        new Recorder(
            message -> {
              if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("the database is away");
              }
              bridge.receipt(message, replied(message, "after"));
              return new JmsBridge.Route.Done();
            }));

    assertThat(((TextMessage) erp.rejected()).getText()).isEqualTo("tl_usr");
    assertThat(erp.receipt().get("status").asText()).isEqualTo("REJECTED");
    assertThat(erp.receipt().get("payload").asText()).isEqualTo("after");
    assertThat(attempts).hasValue(3);
    erp.nonPersistent(erp.text("next", "tl_usr", "a"));
    assertThat(((TextMessage) erp.rejected()).getText()).isEqualTo("next");
  }

  private Optional<DownlinkMessage> resolved() {
    return recorder.resolved.stream().findFirst();
  }

  private Receipt replied(String payload) {
    return replied(recorder.resolved.getFirst(), payload);
  }

  private static Receipt replied(DownlinkMessage message, String payload) {
    return new Receipt(
        "r-1",
        message.id(),
        Receipt.Status.REPLIED,
        Optional.of("alice"),
        Optional.of("d1"),
        Optional.empty(),
        Optional.of("n1"),
        Instant.parse("2026-01-02T03:04:05Z"),
        "",
        Optional.of("application/json"),
        Optional.of(payload.getBytes(StandardCharsets.UTF_8)),
        Map.of("sent", 2L));
  }

  /** Must never be read back. */
  private static final class Exploding implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    private void readObject(java.io.ObjectInputStream in) {
      throw new AssertionError("deserialized from " + in);
    }
  }
}
