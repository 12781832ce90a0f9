package io.trunkline.gateway.downlink;

import static io.trunkline.gateway.StreamClient.after;
import static io.trunkline.gateway.StreamClient.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamPosition;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Broadcasts and audiences, and the summaries of all messages for many. */
class BroadcastsAndSummariesTest extends ManyFixture {
  private static void assertCounts(Receipt summary, long matched, long sent, long acked) {
    assertThat(summary.counts())
        .containsAllEntriesOf(
            Map.of("matched", matched, "sent", sent, "acked", acked, "failed", 0L));
  }

  private Receipt summary(String id) {
    return erp.receipt(id, Status.SUMMARY);
  }

  @Test
  void summaryOfATopic_countsItsSubscribers() throws Exception {
    try (StreamClient one = connect("a");
        StreamClient two = connect("b");
        StreamClient other = connect("c")) {
      one.subscribe(topic);
      two.subscribe(topic);
      for (boolean persistent : new boolean[] {true, false}) {
        Message message = Message.to(toTopic(topic), "x").expecting(Expect.ACK);
        String id = erp.publish(persistent ? message : message.passing());
        one.ack(one.notice());
        if (persistent) {
          two.notice(); // and says nothing
          assertCounts(summary(id), 2, 2, 1);
        } else {
          two.ack(two.notice());
          assertCounts(summary(id), 2, 2, 2);
        }
      }
      assertThat(other.noticesSoFar()).isEmpty();
    }
  }

  @Test
  void summaryWithoutAcks_countsWhoWasSentIt() throws Exception {
    try (StreamClient one = connect("a")) {
      one.subscribe(topic);
      for (boolean persistent : new boolean[] {true, false}) {
        Message message = Message.to(toTopic(topic), "x");
        String id = erp.publish(persistent ? message : message.passing());
        one.notice();
        assertCounts(summary(id), 1, 1, 0);
      }
      String nobody = erp.publish(Message.to(toTopic("nobody/" + run), "x"));
      assertCounts(summary(nobody), 0, 0, 0);
    }
  }

  @Test
  void audience_reachesThoseWhoMatch_andIsSummedUp() throws Exception {
    try (StreamClient one = connect("a");
        StreamClient two = connect("b")) {
      Target teamA = new Target.Audience("team = 't-a" + run + "'");
      for (boolean persistent : new boolean[] {true, false}) {
        Message message = Message.to(teamA, "for team a").expecting(Expect.ACK);
        String id = erp.publish(persistent ? message : message.passing());
        Notify got = one.notice();
        assertThat(got.getPayload().toStringUtf8()).isEqualTo("for team a");
        one.ack(got);
        assertCounts(summary(id), 1, 1, 1);
      }
      String all = stored(new Target.Everyone(), "for all");
      assertThat(two.notice().getMessageId()).isEqualTo(all);
      assertThat(one.notice().getMessageId()).isEqualTo(all);
    }
  }

  @Test
  void broadcast_isRecoveredByPosition_withoutWhatWasForOthers() throws Exception {
    StreamPosition seen;
    try (StreamClient client = connect("a")) {
      seen = at(client.start("broadcast"));
      stored(new Target.Everyone(), "1");
      seen = after(client.notice());
    }
    stored(new Target.Audience("team = 't-b" + run + "'"), "for b");
    stored(new Target.Everyone(), "2");
    stored(new Target.Audience("team = 't-a" + run + "'"), "3");
    try (StreamClient client = connect("a", seen)) {
      assertThat(client.start("broadcast").getRecovered()).isTrue();
      assertThat(client.start("broadcast").getStartOffset()).isEqualTo(seen.getOffset());
      stored(new Target.Everyone(), "4");
      assertThat(client.texts(3)).containsExactly("2", "3", "4");
    }
    try (StreamClient client = connect("a")) {
      stored(new Target.Everyone(), "5");
      assertThat(client.texts(1)).containsExactly("5");
    }
  }

  @Test
  void summaryOfABroadcast_tellsOfThoseWhoAreAway() throws Exception {
    StreamClient away = connect("away");
    try (StreamClient here = connect("here")) {
      UUID session = UUID.fromString(away.welcome().getSessionId());
      await().until(() -> database.sessions().find(session).isPresent());
      away.close();
      await()
          .until(
              () ->
                  database
                      .sessions()
                      .find(session)
                      .map(row -> row.state().equals("DETACHED"))
                      .orElse(false));
      for (boolean persistent : new boolean[] {true, false}) {
        Message message = Message.to(new Target.Everyone(), "x").expecting(Expect.ACK);
        String id = erp.publish(persistent ? message : message.passing());
        here.ack(here.notice());
        Receipt summary = summary(id);
        assertThat(summary.counts().get("acked")).isEqualTo(1);
        assertThat(summary.counts().get("sent")).isEqualTo(1);
        // Sessions of other tests of this node may be away as well.
        assertThat(summary.counts().get("offline")).isPositive();
      }
    }
  }
}
