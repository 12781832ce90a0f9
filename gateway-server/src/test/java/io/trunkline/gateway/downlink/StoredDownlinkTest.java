package io.trunkline.gateway.downlink;

import static io.trunkline.gateway.StreamClient.after;
import static io.trunkline.gateway.StreamClient.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.MessageState;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Persistent messages to users: who gets them, in which order, and what a position recovers. */
class StoredDownlinkTest extends StoredDownlinkFixture {
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
          .atMost(Duration.ofSeconds(60))
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
