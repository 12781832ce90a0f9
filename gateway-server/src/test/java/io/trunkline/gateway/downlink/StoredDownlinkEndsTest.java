package io.trunkline.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.protocol.v1.Notify;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How persistent messages to users end otherwise than delivered, and what their traces tell. */
class StoredDownlinkEndsTest extends StoredDownlinkFixture {
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
}
