package io.trunkline.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Command;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Expect;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.JmsBridge.Publication;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From the broker to sockets and back. */
class DownlinkTest {
  private static final GatewayFixture FIXTURE = GatewayFixture.shared();
  private static JmsBridge publisher;

  private final List<Receipt> receipts = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws BrokerUnavailableException {
    publisher = JmsBridge.open(FIXTURE.jms(), "downlink-test");
  }

  @AfterAll
  static void stop() {
    publisher.close();
  }

  private static TestClient login(String user, String device) throws IOException {
    TestClient client = TestClient.connect(FIXTURE.clientHost(), FIXTURE.clientPort());
    client.hello(FIXTURE.token(user), device, Map.of());
    assertThat(client.receive().hasWelcome()).isTrue();
    return client;
  }

  private Publication publish(Target target, Expect expect, boolean persistent, String body)
      throws BrokerUnavailableException {
    return publisher.publish(
        new Draft(
            target,
            expect,
            Optional.empty(),
            "order",
            "text/plain",
            body.getBytes(StandardCharsets.UTF_8),
            Optional.empty(),
            persistent,
            4,
            Optional.empty()),
        receipts::add);
  }

  private void awaitReceipts(int count) {
    await().until(() -> receipts.size() >= count);
  }

  private static Target user(String user) {
    return new Target.User(user, Optional.empty());
  }

  @Test
  void toAUser_reachesAllTheirDevices_andNobodyElse_andTheFirstAckIsTheReceipt() throws Exception {
    try (TestClient phone = login("carol", "phone");
        TestClient desk = login("carol", "desk");
        TestClient other = login("dave", "desk");
        Publication first = publish(user("carol"), Expect.ACK, true, "shipped")) {
      Notify notify = phone.receive().getNotify();
      assertThat(notify.getMessageId()).isEqualTo(first.messageId());
      assertThat(notify.getType()).isEqualTo("order");
      assertThat(notify.getPayload().toStringUtf8()).isEqualTo("shipped");
      assertThat(desk.receive().getNotify().getMessageId()).isEqualTo(first.messageId());
      phone.ack(notify.getMessageId());
      awaitReceipts(1);
      assertThat(receipts.getFirst().status()).isEqualTo(Status.DELIVERED);
      assertThat(receipts.getFirst().device()).contains("phone");
      assertThat(receipts.getFirst().node()).contains("gw-test");
      desk.ack(first.messageId()); // the second, of which nobody is told

      try (Publication second = publish(user("dave"), Expect.NONE, false, "for dave")) {
        // Had the first gone to Dave as well, it would come first.
        assertThat(other.receive().getNotify().getMessageId()).isEqualTo(second.messageId());
        awaitReceipts(2);
      }
      assertThat(receipts)
          .extracting(Receipt::status)
          .containsExactly(Status.DELIVERED, Status.SENT);
    }
  }

  @Test
  void toADevice_andToASession_reachJustThat() throws Exception {
    try (TestClient phone = login("erin", "phone");
        TestClient desk = login("erin", "desk")) {
      try (Publication one =
          publish(new Target.User("erin", Optional.of("desk")), Expect.NONE, false, "1")) {
        assertThat(desk.receive().getNotify().getMessageId()).isEqualTo(one.messageId());
        awaitReceipts(1);
        assertThat(receipts.getFirst().status()).isEqualTo(Status.SENT);
        UUID session = UUID.fromString(receipts.getFirst().session().orElseThrow());
        try (Publication two = publish(new Target.OneSession(session), Expect.NONE, true, "2")) {
          assertThat(desk.receive().getNotify().getMessageId()).isEqualTo(two.messageId());
        }
      }
      try (Publication three = publish(user("erin"), Expect.NONE, false, "3")) {
        assertThat(phone.receive().getNotify().getMessageId()).isEqualTo(three.messageId());
      }
    }
  }

  @Test
  void broadcast_persistentOrNot_reachesEveryone_andEndsWithASummary() throws Exception {
    try (TestClient one = login("frank", "a");
        TestClient two = login("grace", "a")) {
      for (boolean persistent : new boolean[] {false, true}) {
        receipts.clear();
        try (Publication all = publish(new Target.Everyone(), Expect.ACK, persistent, "all")) {
          for (TestClient client : List.of(one, two)) {
            assertThat(client.receive().getNotify().getMessageId()).isEqualTo(all.messageId());
            client.ack(all.messageId());
          }
          await()
              .until(
                  () ->
                      receipts.stream()
                          .anyMatch(
                              receipt ->
                                  receipt.status() == Status.SUMMARY
                                      && receipt.node().equals(Optional.of("gw-test"))));
          Receipt summary =
              receipts.stream()
                  .filter(receipt -> receipt.status() == Status.SUMMARY)
                  .filter(receipt -> receipt.node().equals(Optional.of("gw-test")))
                  .findFirst()
                  .orElseThrow();
          assertThat(summary.counts())
              .containsAllEntriesOf(Map.of("sent", 2L, "acked", 2L, "failed", 0L));
          // Sessions of other tests that lost their connection are meant, too.
          assertThat(summary.counts().get("matched"))
              .isEqualTo(2 + summary.counts().getOrDefault("offline", -9L));
        }
      }
    }
  }

  @Test
  void reply_carriesTheClientsAnswer() throws Exception {
    try (TestClient client = login("heidi", "a");
        Publication question = publish(user("heidi"), Expect.REPLY, false, "how warm?")) {
      assertThat(client.receive().getNotify().getMessageId()).isEqualTo(question.messageId());
      client.send(
          Frame.newBuilder()
              .setAck(
                  Ack.newBuilder()
                      .setMessageId(question.messageId())
                      .setReply(
                          Reply.newBuilder()
                              .setContentType("text/plain")
                              .setPayload(ByteString.copyFromUtf8("21 C"))))
              .build());
      awaitReceipts(1);
      assertThat(receipts.getFirst().status()).isEqualTo(Status.REPLIED);
      assertThat(
              receipts.getFirst().payload().map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
          .contains("21 C");
    }
  }

  @Test
  void nobodyThere_isToldSo() throws Exception {
    try (Publication toUser = publish(user("nobody"), Expect.ACK, false, "x");
        Publication toSession =
            publish(new Target.OneSession(UUID.randomUUID()), Expect.ACK, false, "x")) {
      awaitReceipts(2);
      assertThat(receipts)
          .extracting(Receipt::messageId, Receipt::status)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple(toUser.messageId(), Status.UNKNOWN_USER),
              org.assertj.core.groups.Tuple.tuple(toSession.messageId(), Status.UNKNOWN_SESSION));
    }
  }

  @Test
  void sessionThatEndsBeforeItsAck_isFailed_notLostInSilence() throws Exception {
    try (TestClient client = login("ivan", "a");
        Publication message = publish(user("ivan"), Expect.ACK, false, "x")) {
      assertThat(client.receive().getNotify().getMessageId()).isEqualTo(message.messageId());
      client.hangUp();
      awaitReceipts(1);
      assertThat(receipts.getFirst().status()).isEqualTo(Status.FAILED);
      assertThat(receipts.getFirst().detail()).contains("CONNECTION_LOST");
    }
  }

  @Test
  void strayAck_leavesTheSessionAlone() throws Exception {
    try (TestClient client = login("judy", "a")) {
      client.ack("never-sent");
      try (Publication message = publish(user("judy"), Expect.NONE, false, "x")) {
        assertThat(client.receive().getNotify().getMessageId()).isEqualTo(message.messageId());
      }
    }
  }

  @Test
  void kick_bansTheDevice_forItsTime() throws Exception {
    try (TestClient client = login("ken", "a");
        Publication probe = publish(user("ken"), Expect.NONE, false, "x")) {
      assertThat(client.receive().getNotify().getMessageId()).isEqualTo(probe.messageId());
      awaitReceipts(1);
      UUID session = UUID.fromString(receipts.getFirst().session().orElseThrow());
      publisher.command(
          new Command.Kick(
              session, "misuse", "operator", Optional.of(java.time.Duration.ofMinutes(5))));
      assertThat(client.receive().getError().getCode()).isEqualTo(CloseCode.KICKED);

      try (TestClient again = TestClient.connect(FIXTURE.clientHost(), FIXTURE.clientPort())) {
        again.hello(FIXTURE.token("ken"), "a", Map.of());
        assertThat(again.receive().getError().getCode()).isEqualTo(CloseCode.BANNED);
      }
      // Another device of the same user is let in.
      try (TestClient another = TestClient.connect(FIXTURE.clientHost(), FIXTURE.clientPort())) {
        another.hello(FIXTURE.token("ken"), "another", Map.of());
        assertThat(another.receive().hasWelcome()).isTrue();
      }
    }
  }
}
