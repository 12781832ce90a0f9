package io.trunkline.gateway.downlink;

import static io.trunkline.gateway.StreamClient.ackOf;
import static io.trunkline.gateway.StreamClient.after;
import static io.trunkline.gateway.StreamClient.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamPosition;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Persistent messages to users: stored, sent, sent again, settled and reported. */
class StoredDownlinkTest {
  private static final GatewayFixture FIXTURE = GatewayFixture.shared();
  private static final int WINDOW = 8;

  private static Gateway node;
  private static Database database;
  private static MessageStore store;

  private final String user = "s-" + UUID.randomUUID();
  private Erp erp;

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

  private StreamClient connect(String device, StreamPosition... positions) throws IOException {
    return StreamClient.connect(node.clientAddress(), FIXTURE.token(user), device, positions);
  }

  private String publish(String text) throws Exception {
    return erp.publish(Message.to(user, text));
  }

  /** Published and committed, in this order. */
  private List<String> stored(String... texts) throws Exception {
    List<String> ids = new ArrayList<>();
    for (String text : texts) {
      ids.add(stored(Message.to(user, text)));
    }
    return ids;
  }

  private String stored(Message message) throws Exception {
    String id = erp.publish(message);
    await().until(() -> !store.find(id).isEmpty());
    return id;
  }

  private static StoredMessage only(String id) {
    return store.find(id).getFirst();
  }

  private static void awaitState(String id, MessageState state) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(only(id).state()).isEqualTo(state));
  }

  private static List<DeliveryStep.Kind> trace(String id) {
    StoredMessage stored = only(id);
    return store.trace(stored.message().stream(), stored.epoch(), stored.offset(), 100).stream()
        .map(DeliveryStep::kind)
        .toList();
  }

  private static String[] numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toArray(String[]::new);
  }

  @Test
  void toAnAbsentUser_comesAtTheNextHello_inOrder_beforeWhatIsNew() throws Exception {
    stored("1", "2", "3");
    try (StreamClient client = connect("phone")) {
      publish("4");
      List<Notify> got = client.notices(4);
      assertThat(got)
          .extracting(one -> one.getPayload().toStringUtf8())
          .containsExactly("1", "2", "3", "4");
      assertThat(got).extracting(Notify::getOffset).containsExactly(1L, 2L, 3L, 4L);
      assertThat(got).allSatisfy(one -> assertThat(one.getStream()).isEqualTo("user"));
      assertThat(got)
          .allSatisfy(
              one -> assertThat(one.getExpect()).isEqualTo(io.trunkline.protocol.v1.Expect.ACK));
    }
  }

  @Test
  void theVeryFirstMessages_whileTheClientIsThere_comeOnceAndInOrder() throws Exception {
    try (StreamClient client = connect("phone")) {
      for (String text : numbers(1, 6)) {
        publish(text);
      }
      // Two nodes take them from the broker side by side, so that only the stream has an order.
      List<Notify> got = client.notices(6);
      assertThat(got).extracting(Notify::getOffset).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(got).extracting(Notify::getMessageId).doesNotHaveDuplicates();
      for (Notify one : got) {
        client.ack(one);
      }
      assertThat(client.noticesSoFar()).isEmpty();
    }
  }

  @Test
  void acknowledged_isNotSentAgain() throws Exception {
    String id = publish("1");
    try (StreamClient client = connect("phone")) {
      client.ack(client.notice());
      awaitState(id, MessageState.DELIVERED);
    }
    stored("2");
    try (StreamClient again = connect("phone")) {
      assertThat(again.texts(1)).containsExactly("2");
    }
  }

  @Test
  void unacknowledged_comesAgain_onTheNextConnection() throws Exception {
    stored("1", "2");
    try (StreamClient client = connect("phone")) {
      List<Notify> got = client.notices(2);
      client.ack(got.get(1));
      awaitState(got.get(1).getMessageId(), MessageState.DELIVERED);
    }
    stored("3");
    try (StreamClient again = connect("phone")) {
      assertThat(again.texts(2)).containsExactly("1", "3");
    }
  }

  @Test
  void allDevicesGetIt_theFirstAckDeliversIt_withOneReceipt() throws Exception {
    try (StreamClient phone = connect("phone");
        StreamClient desk = connect("desk")) {
      String id = publish("for both");
      Notify onPhone = phone.notice();
      Notify onDesk = desk.notice();
      desk.ack(onDesk);
      Receipt receipt = erp.receipt(id, Status.DELIVERED);
      assertThat(receipt.user()).contains(user);
      assertThat(receipt.device()).contains("desk");
      assertThat(receipt.node()).contains("gw-stored");
      phone.ack(onPhone);

      // A message later, nothing else has been said of the first.
      String next = publish("next");
      phone.ack(phone.notice());
      erp.receipt(next, Status.DELIVERED);
      assertThat(erp.receiptsOf(id)).hasSize(1);
    }
  }

  @Test
  void anotherDevice_thatNamesItsPosition_recoversWhatThisOneHasAcknowledged() throws Exception {
    StreamPosition seen;
    try (StreamClient desk = connect("desk")) {
      stored("1");
      Notify first = desk.notice();
      desk.ack(first);
      seen = after(first);
      awaitState(first.getMessageId(), MessageState.DELIVERED);
    }
    try (StreamClient phone = connect("phone")) {
      stored("2", "3");
      for (Notify one : phone.notices(2)) {
        phone.ack(one);
        awaitState(one.getMessageId(), MessageState.DELIVERED);
      }
    }
    try (StreamClient desk = connect("desk", seen)) {
      assertThat(desk.start("user").getRecovered()).isTrue();
      assertThat(desk.start("user").getStartOffset()).isEqualTo(1);
      assertThat(desk.texts(2)).containsExactly("2", "3");
    }
    try (StreamClient tablet = connect("tablet")) {
      // It names no position: it gets what nobody has taken, which is nothing.
      publish("4");
      assertThat(tablet.texts(1)).containsExactly("4");
    }
  }

  @Test
  void toOneDevice_isNotForTheOthers_andDoesNotHoldThemUp() throws Exception {
    try (StreamClient phone = connect("phone");
        StreamClient desk = connect("desk")) {
      // Two nodes take from the broker: what is to stand first is published when it stands.
      stored(Message.to(new Target.User(user, Optional.of("desk")), "desk only"));
      publish("both");
      assertThat(desk.texts(2)).containsExactly("desk only", "both");
      Notify onPhone = phone.notice();
      assertThat(onPhone.getPayload().toStringUtf8()).isEqualTo("both");
      assertThat(onPhone.getOffset()).isEqualTo(2);
    }
  }

  @Test
  void resume_withPosition_bringsTheGapFirst_thenWhatIsNew() throws Exception {
    StreamClient client = connect("phone");
    stored("1", "2");
    List<Notify> got = client.notices(2);
    client.ack(got.get(0));
    client.ack(got.get(1));
    awaitState(got.get(1).getMessageId(), MessageState.DELIVERED);
    client.close();
    stored("3", "4");
    try (StreamClient back =
        StreamClient.connect(
            node.clientAddress(),
            FIXTURE.token(user),
            "phone",
            client.welcome().getResumeToken(),
            after(got.get(1)))) {
      assertThat(back.welcome().getSessionId()).isEqualTo(client.welcome().getSessionId());
      assertThat(back.welcome().getResumed()).isTrue();
      assertThat(back.start("user").getRecovered()).isTrue();
      assertThat(back.start("user").getStartOffset()).isEqualTo(2);
      publish("5");
      assertThat(back.texts(3)).containsExactly("3", "4", "5");
    }
  }

  @Test
  void positionOfAnUnknownEpoch_isNotRecovered_andPendingOnesComeAllTheSame() throws Exception {
    stored("1", "2");
    long epoch = only(stored(Message.to(user, "3"))).epoch();
    try (StreamClient client = connect("phone", position("user", epoch + 7, 2))) {
      assertThat(client.start("user").getRecovered()).isFalse();
      assertThat(client.start("user").getEpoch()).isEqualTo(epoch);
      assertThat(client.texts(3)).containsExactly("1", "2", "3");
    }
  }

  @Test
  void positionBeyondTheEnd_isNotRecovered() throws Exception {
    long epoch = only(stored(Message.to(user, "1"))).epoch();
    try (StreamClient client = connect("phone", position("user", epoch, 50))) {
      assertThat(client.start("user").getRecovered()).isFalse();
      assertThat(client.start("user").getStartOffset()).isZero();
      assertThat(client.texts(1)).containsExactly("1");
    }
  }

  @Test
  void traceSaysWhyNothingIsSent_untilTheDeviceItIsForIsThere() throws Exception {
    try (StreamClient phone = connect("phone")) {
      String toTablet =
          stored(Message.to(new Target.User(user, Optional.of("tablet")), "for the tablet"));
      String toAll = stored(Message.to(user, "for all"));
      assertThat(phone.texts(1)).containsExactly("for all");
      await().until(() -> trace(toTablet).size() == 2);
      assertThat(trace(toTablet))
          .containsExactly(DeliveryStep.Kind.STORED, DeliveryStep.Kind.WAITING);
      assertThat(detailOfLast(toTablet)).isEqualTo("the user's device is not connected now");
      await().until(() -> trace(toAll).contains(DeliveryStep.Kind.SENT));
      assertThat(trace(toAll)).doesNotContain(DeliveryStep.Kind.WAITING);
      try (StreamClient tablet = connect("tablet")) {
        tablet.ack(tablet.notice());
        awaitState(toTablet, MessageState.DELIVERED);
        assertThat(trace(toTablet))
            .containsExactly(
                DeliveryStep.Kind.STORED,
                DeliveryStep.Kind.WAITING,
                DeliveryStep.Kind.SENT,
                DeliveryStep.Kind.DELIVERED);
      }
    }
  }

  private static String detailOfLast(String id) {
    StoredMessage stored = only(id);
    return store
        .trace(stored.message().stream(), stored.epoch(), stored.offset(), 100)
        .getLast()
        .detail();
  }

  @Test
  void unacknowledgedInTime_isSentAgain_thenDead_andAnOperatorsRetryIsDelivered() throws Exception {
    try (StreamClient client = connect("phone")) {
      String id = erp.publish(Message.to(user, "nobody answers"));
      Notify first = client.notice();
      Notify second = client.notice();
      assertThat(second).isEqualTo(first);
      Receipt dead = erp.receipt(id, Status.DEAD);
      assertThat(dead.detail()).isNotEmpty();
      StoredMessage stored = only(id);
      assertThat(stored.state()).isEqualTo(MessageState.DEAD);
      assertThat(
              store.retry(stored.message().stream(), stored.epoch(), stored.offset(), "operator"))
          .isTrue();
      Notify retried = client.notice();
      assertThat(retried.getMessageId()).isEqualTo(id);
      client.ack(retried);
      erp.receipt(id, Status.DELIVERED);
      assertThat(trace(id))
          .containsSubsequence(
              DeliveryStep.Kind.STORED,
              DeliveryStep.Kind.SENT,
              DeliveryStep.Kind.UNACKNOWLEDGED,
              DeliveryStep.Kind.SENT,
              DeliveryStep.Kind.DEAD,
              DeliveryStep.Kind.SENT,
              DeliveryStep.Kind.DELIVERED);
    }
  }

  @Test
  void expiredWhileTheUserIsAway_isReported_andNotSent() throws Exception {
    String id = erp.publish(Message.to(user, "old").living(Duration.ofMillis(700)));
    Receipt receipt = erp.receipt(id, Status.EXPIRED);
    assertThat(receipt.user()).contains(user);
    stored("new");
    try (StreamClient client = connect("phone")) {
      assertThat(client.texts(1)).containsExactly("new");
    }
    assertThat(erp.receiptsOf(id)).hasSize(1);
  }

  @Test
  void expectReply_carriesTheAnswerBack() throws Exception {
    try (StreamClient client = connect("phone")) {
      String id = erp.publish(Message.to(user, "how warm?").expecting(Expect.REPLY));
      Notify question = client.notice();
      assertThat(question.getExpect()).isEqualTo(io.trunkline.protocol.v1.Expect.REPLY);
      client.reply(question, "21 C");
      Receipt receipt = erp.receipt(id, Status.REPLIED);
      assertThat(receipt.contentType()).contains("text/plain");
      assertThat(receipt.payload().map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
          .contains("21 C");
      assertThat(only(id).state()).isEqualTo(MessageState.REPLIED);
    }
  }

  @Test
  void answerWithStrangeBytes_doesNotStopTheBooks() throws Exception {
    try (StreamClient client = connect("phone")) {
      String id = erp.publish(Message.to(user, "?").expecting(Expect.REPLY));
      Notify question = client.notice();
      client.ack(
          ackOf(question)
              .setReply(
                  io.trunkline.protocol.v1.Reply.newBuilder().setContentType("a\0b\uD83D\uDE00"))
              .build());
      erp.receipt(id, Status.REPLIED);
      client.ack(ackOf(question).setMessageId("x\0y").build());
      String next = publish("next");
      client.ack(client.notice());
      erp.receipt(next, Status.DELIVERED);
    }
  }

  @Test
  void replyWhereNoneWasAskedFor_isAnAcknowledgement() throws Exception {
    stored("plain");
    try (StreamClient client = connect("phone")) {
      Notify plain = client.notice();
      client.reply(plain, "thanks");
      awaitState(plain.getMessageId(), MessageState.DELIVERED);
    }
  }

  @Test
  void sameKey_whileTheUserIsAway_onlyTheNewestComes_andTheOthersAreReported() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      ids.add(stored(Message.to(user, "price " + i).key("price")));
    }
    stored("no key");
    try (StreamClient client = connect("phone")) {
      assertThat(client.texts(2)).containsExactly("price 5", "no key");
      for (String older : ids.subList(0, 4)) {
        assertThat(erp.receipt(older, Status.CONFLATED).user()).contains(user);
        assertThat(only(older).state()).isEqualTo(MessageState.CONFLATED);
      }
      assertThat(only(ids.get(4)).state()).isEqualTo(MessageState.PENDING);
    }
  }

  @Test
  void sameKey_forAnotherDevice_takesNobodysPlace() throws Exception {
    String forAll = stored(Message.to(user, "for all").key("k"));
    stored(Message.to(new Target.User(user, Optional.of("phone")), "for the phone").key("k"));
    try (StreamClient phone = connect("phone")) {
      assertThat(phone.texts(2)).containsExactly("for all", "for the phone");
    }
    assertThat(only(forAll).state()).isEqualTo(MessageState.PENDING);
    try (StreamClient desk = connect("desk")) {
      assertThat(desk.texts(1)).containsExactly("for all");
    }
  }

  @Test
  void publishedTwiceUnderOneId_isDeliveredOnce_andReportedAsDuplicate() throws Exception {
    try (StreamClient client = connect("phone")) {
      String id = "order-" + UUID.randomUUID();
      erp.publish(Message.to(user, "first").id(id));
      client.ack(client.notice());
      erp.receipt(id, Status.DELIVERED);
      erp.publish(Message.to(user, "second").id(id));
      erp.receipt(id, Status.DUPLICATE);
      publish("other");
      assertThat(client.texts(1)).containsExactly("other");
    }
  }

  @Test
  void toASessionThatNobodyKnows_isToldSo() throws Exception {
    String id = erp.publish(Message.to(new Target.OneSession(UUID.randomUUID()), "x"));
    erp.receipt(id, Status.UNKNOWN_SESSION);
    assertThat(only(id).state()).isEqualTo(MessageState.FAILED);
  }

  @Test
  void toASession_reachesItAlone() throws Exception {
    try (StreamClient phone = connect("phone");
        StreamClient desk = connect("desk")) {
      UUID session = UUID.fromString(desk.welcome().getSessionId());
      String id = stored(Message.to(new Target.OneSession(session), "you"));
      publish("all");
      Notify you = desk.notice();
      assertThat(you.getPayload().toStringUtf8()).isEqualTo("you");
      desk.ack(you);
      assertThat(erp.receipt(id, Status.DELIVERED).session()).contains(session.toString());
      assertThat(phone.texts(1)).containsExactly("all");
    }
  }

  @Test
  void withoutAcks_atMostTheWindowIsSent_andEachAckBringsMore_inOrder() throws Exception {
    int count = 3 * WINDOW;
    stored(numbers(1, count));
    try (StreamClient client = connect("phone")) {
      List<Notify> got = new ArrayList<>(client.notices(WINDOW));
      assertThat(client.noticesSoFar()).isEmpty();
      while (got.size() < count) {
        for (Notify one : got.subList(got.size() - WINDOW, got.size())) {
          client.ack(one);
        }
        got.addAll(client.notices(WINDOW));
      }
      assertThat(got)
          .extracting(one -> one.getPayload().toStringUtf8())
          .isEqualTo(List.of(numbers(1, count)));
    }
  }

  @Test
  void windowIsFull_newOnesWait_andGoOnAfterAcks() throws Exception {
    try (StreamClient client = connect("phone")) {
      for (String text : numbers(1, WINDOW + 4)) {
        publish(text);
      }
      List<Notify> got = client.notices(WINDOW);
      for (Notify one : got) {
        client.ack(one);
      }
      assertThat(client.notices(4))
          .extracting(Notify::getOffset)
          .containsExactly(WINDOW + 1L, WINDOW + 2L, WINDOW + 3L, WINDOW + 4L);
    }
  }

  @Test
  void ackOnTheNextConnection_settlesIt() throws Exception {
    String id = publish("1");
    Notify got;
    try (StreamClient client = connect("phone")) {
      got = client.notice();
    }
    try (StreamClient again = connect("phone")) {
      again.ack(got);
      erp.receipt(id, Status.DELIVERED);
    }
  }

  @Test
  void acksOfWhatIsNotTheirs_changeNothing_andTheSessionLives() throws Exception {
    String theirs = "s-" + UUID.randomUUID();
    String foreign = stored(Message.to(theirs, "theirs"));
    try (StreamClient client = connect("phone")) {
      String mine = publish("mine");
      Notify notice = client.notice();
      StoredMessage other = only(foreign);
      client.ack(ackOf(notice).setMessageId(foreign).build());
      client.ack(ackOf(notice).setMessageId(foreign).setEpoch(other.epoch()).build());
      client.ack(ackOf(notice).setOffset(notice.getOffset() + 1).build());
      client.ack(ackOf(notice).setStream("topic:unknown").build());
      client.ack(ackOf(notice).setStream("nonsense").build());
      client.ack(ackOf(notice).setEpoch(notice.getEpoch() + 1).build());
      client.ack(ackOf(notice).setOffset(-1).build());
      client.ack(ackOf(notice).clearStream().clearEpoch().setMessageId(foreign).build());
      String next = publish("next");
      Notify second = client.notice();
      client.ack(second);
      erp.receipt(next, Status.DELIVERED);
      assertThat(only(mine).state()).isEqualTo(MessageState.PENDING);
      assertThat(only(foreign).state()).isEqualTo(MessageState.PENDING);
      client.ack(notice);
      erp.receipt(mine, Status.DELIVERED);
    }
  }

  @Test
  void ackWithTheMessageIdAlone_isTakenAsWell() throws Exception {
    String id = publish("1");
    try (StreamClient client = connect("phone")) {
      client.notice();
      client.ack(io.trunkline.protocol.v1.Ack.newBuilder().setMessageId(id).build());
      erp.receipt(id, Status.DELIVERED);
    }
  }

  @Test
  void aFloodOfRepeatedAcks_leavesTheServiceWorking() throws Exception {
    try (StreamClient client = connect("phone")) {
      publish("1");
      Notify first = client.notice();
      for (int i = 0; i < 30_000; i++) {
        client.ack(first);
      }
      String next = publish("2");
      client.ack(client.notice());
      erp.receipt(next, Status.DELIVERED);
    }
  }

  @Test
  void trace_tellsItStepByStep() throws Exception {
    String id = erp.publish(Message.to(user, "1").expecting(Expect.ACK));
    try (StreamClient client = connect("phone")) {
      client.ack(client.notice());
      erp.receipt(id, Status.DELIVERED);
    }
    var answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://" + node.apiAddress() + "/api/v1/notifications/" + id))
                    .header("Authorization", "Bearer " + GatewayFixture.API_TOKEN)
                    .build(),
                BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body())
        .containsSubsequence("STORED", "SENT", "DELIVERED")
        .contains(user)
        .doesNotContain("UNACKNOWLEDGED");
  }

  @Test
  void twoHundredMessages_whileTheConnectionFlaps_allArrive_inOrder() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int count = 200;
    var publishing =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (String text : numbers(1, count)) {
                      publish(text);
                    }
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    List<Long> firstTimes = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    while (seen.size() < count) {
      try (StreamClient client = connect("phone")) {
        long last = 0;
        for (int i = random.nextInt(30); i > 0 && seen.size() < count; i--) {
          Notify one = client.notice();
          assertThat(one.getOffset()).as("seed %d", seed).isGreaterThan(last);
          last = one.getOffset();
          if (seen.add(one.getOffset())) {
            firstTimes.add(one.getOffset());
          }
          client.ack(one);
        }
      }
    }
    publishing.join();
    assertThat(firstTimes).as("seed %d", seed).isSorted().hasSize(count);
    try (StreamClient client = connect("phone")) {
      // What was acknowledged just before a connection broke may have to be acknowledged again.
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                for (Notify one : client.noticesSoFar()) {
                  client.ack(one);
                }
                return store.pending(List.of(user)).isEmpty();
              });
    }
  }
}
