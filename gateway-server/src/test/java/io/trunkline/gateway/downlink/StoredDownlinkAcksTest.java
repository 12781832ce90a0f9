package io.trunkline.gateway.downlink;

import static io.trunkline.gateway.StreamClient.ackOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.protocol.v1.Notify;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Acknowledgements and answers of clients: what they settle, what they bring, and wrong ones. */
class StoredDownlinkAcksTest extends StoredDownlinkFixture {
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
  void ackWithTheMessageIdAlone_isTakenAsWell() throws Exception {
    String id = publish("1");
    try (StreamClient client = connect("phone")) {
      client.notice();
      client.ack(io.trunkline.protocol.v1.Ack.newBuilder().setMessageId(id).build());
      erp.receipt(id, Status.DELIVERED);
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
  void replyWhereNoneWasAskedFor_isAnAcknowledgement() throws Exception {
    stored("plain");
    try (StreamClient client = connect("phone")) {
      Notify plain = client.notice();
      client.reply(plain, "thanks");
      awaitState(plain.getMessageId(), MessageState.DELIVERED);
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
}
