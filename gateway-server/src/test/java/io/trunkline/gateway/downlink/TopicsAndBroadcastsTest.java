package io.trunkline.gateway.downlink;

import static io.trunkline.gateway.StreamClient.after;
import static io.trunkline.gateway.StreamClient.at;
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
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Subscribed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages for many: topics, broadcasts and audiences, stored or passing. */
class TopicsAndBroadcastsTest {
  private static GatewayFixture fixture;
  private static Gateway node;
  private static Database database;
  private static MessageStore store;

  private final String run = UUID.randomUUID().toString();
  private final String topic = "prices/" + run;
  private Erp erp;

  @BeforeAll
  static void start() throws Exception {
    fixture =
        GatewayFixture.start(
            Map.of(
                "clients.max-outbound", "128KiB",
                "streams.max-topics", "3",
                "streams.overdue-after", "1s",
                "sessions.grace", "30s"));
    node = fixture.gateway();
    database = Database.open(fixture.database());
    store = database.messages();
  }

  @AfterAll
  static void stop() {
    database.close();
    fixture.close();
  }

  @BeforeEach
  void openErp() throws Exception {
    erp = new Erp(fixture);
  }

  @AfterEach
  void closeErp() {
    erp.close();
  }

  private StreamClient connect(String user, StreamPosition... positions) throws IOException {
    return StreamClient.connect(
        node.clientAddress(),
        fixture.token(
            user + "-" + run,
            Map.of("topics", "prices/* news", "team", "t-" + user + run),
            Duration.ofHours(1)),
        "phone",
        positions);
  }

  private static Target toTopic(String topic) {
    return new Target.Topic(topic);
  }

  private String stored(Target target, String text) throws Exception {
    String id = erp.publish(Message.to(target, text));
    await().until(() -> !store.find(id).isEmpty());
    return id;
  }

  /** The rest of the topic's history goes, as soon as its summaries are written. */
  private void keepOnly(int newest, int last) {
    StreamKey key = StreamKey.ofTopic(topic);
    await()
        .until(
            () -> {
              store.prune(Duration.ofDays(1), Duration.ofDays(1), newest, 10_000);
              return store.heads(List.of(key)).getOrDefault(key, StreamHead.EMPTY).prunedOffset()
                  == last - newest;
            });
  }

  private static void assertCounts(Receipt summary, long matched, long sent, long acked) {
    assertThat(summary.counts())
        .containsAllEntriesOf(
            Map.of("matched", matched, "sent", sent, "acked", acked, "failed", 0L));
  }

  private Receipt summary(String id) {
    return erp.receipt(id, Status.SUMMARY);
  }

  @Test
  void subscribe_withoutAGrant_isDenied_andTheSessionLives() throws Exception {
    try (StreamClient client = connect("a")) {
      assertThat(client.subscribe("secrets").getStatus())
          .isEqualTo(io.trunkline.protocol.v1.Status.PERMISSION_DENIED);
      assertThat(client.subscribe("").getStatus())
          .isEqualTo(io.trunkline.protocol.v1.Status.INVALID_ARGUMENT);
      assertThat(client.subscribe("news").getStatus())
          .isEqualTo(io.trunkline.protocol.v1.Status.OK);
    }
  }

  @Test
  void topicMessage_storedOrPassing_reachesSubscribersOnly() throws Exception {
    try (StreamClient follower = connect("a");
        StreamClient other = connect("b")) {
      assertThat(follower.subscribe(topic).getStream().getRecovered()).isTrue();
      assertThat(other.subscribe("prices/other").getStatus())
          .isEqualTo(io.trunkline.protocol.v1.Status.OK);
      erp.publish(Message.to(toTopic(topic), "stored"));
      Notify stored = follower.notice();
      assertThat(stored.getStream()).isEqualTo("topic:" + topic);
      assertThat(stored.getTopic()).isEqualTo(topic);
      assertThat(stored.getOffset()).isEqualTo(1);
      erp.publish(Message.to(toTopic(topic), "passing").passing());
      Notify passing = follower.notice();
      assertThat(passing.getPayload().toStringUtf8()).isEqualTo("passing");
      assertThat(passing.getTopic()).isEqualTo(topic);
      assertThat(passing.getStream()).isEmpty();
      erp.publish(Message.to(toTopic("prices/other"), "theirs"));
      assertThat(other.texts(1)).containsExactly("theirs");
    }
  }

  /** As a node does that is killed before it tells the others, or whose broker is. */
  private static void storedInSilence(StreamKey stream, String text) {
    var message =
        new NewMessage(
            stream,
            UUID.randomUUID().toString(),
            "publication of " + text,
            Recipients.ALL,
            Expected.NOTHING,
            "",
            "text/plain",
            text.getBytes(StandardCharsets.UTF_8),
            Optional.empty(),
            4,
            Instant.now(),
            Optional.empty(),
            Optional.empty());
    store.store("killed", List.of(message), Downlink.receiptWriter("killed"));
  }

  @Test
  void messagesOfWhichNoNodeIsTold_comeNevertheless_once_beforeWhatIsNew() throws Exception {
    try (StreamClient client = connect("a")) {
      client.subscribe(topic);
      storedInSilence(StreamKey.ofTopic(topic), "1");
      storedInSilence(StreamKey.ofTopic(topic), "2");
      assertThat(client.texts(2)).containsExactly("1", "2");
      stored(toTopic(topic), "3");
      assertThat(client.texts(1)).containsExactly("3");
      storedInSilence(StreamKey.ofBroadcasts(), "to all");
      assertThat(client.texts(1)).containsExactly("to all");
    }
  }

  @Test
  void resubscribe_withPosition_recoversWhatWasMissed_inOrder_beforeWhatIsNew() throws Exception {
    Notify first;
    try (StreamClient client = connect("a")) {
      client.subscribe(topic);
      stored(toTopic(topic), "1");
      first = client.notice();
    }
    for (int i = 2; i <= 80; i++) {
      erp.publish(Message.to(toTopic(topic), Integer.toString(i)));
    }
    stored(toTopic(topic), "81");
    try (StreamClient client = connect("a")) {
      Subscribed answer = client.subscribe(topic, after(first));
      assertThat(answer.getStream().getRecovered()).isTrue();
      assertThat(answer.getStream().getStartOffset()).isEqualTo(1);
      stored(toTopic(topic), "82");
      List<Notify> got = client.notices(81);
      for (int i = 0; i < got.size(); i++) {
        assertThat(got.get(i).getOffset()).isEqualTo(i + 2);
        assertThat(got.get(i).getPayload().toStringUtf8()).isEqualTo(Integer.toString(i + 2));
      }
    }
  }

  /** The event loop must not take the place where its last follower left for the topic's end. */
  @Test
  void resubscribe_whenNobodyFollowedMeanwhile_missesNothing() throws Exception {
    StreamPosition seen;
    try (StreamClient client = connect("a")) {
      client.subscribe(topic);
      stored(toTopic(topic), "1");
      seen = after(client.notice());
      client.unsubscribe(topic);
      stored(toTopic(topic), "2");
      stored(toTopic(topic), "3");
      // Another position than where it left: beyond it, and before the end.
      Subscribed answer = client.subscribe(topic, position(seen.getStream(), seen.getEpoch(), 2));
      assertThat(answer.getStream().getRecovered()).isTrue();
      assertThat(client.texts(1)).containsExactly("3");
    }
  }

  @Test
  void subscribe_withoutPosition_startsAtTheEnd() throws Exception {
    stored(toTopic(topic), "1");
    stored(toTopic(topic), "2");
    try (StreamClient client = connect("a")) {
      StreamStart start = client.subscribe(topic).getStream();
      assertThat(start.getStartOffset()).isEqualTo(2);
      assertThat(start.getRecovered()).isTrue(); // it has nothing that could lack a part
      stored(toTopic(topic), "3");
      assertThat(client.texts(1)).containsExactly("3");
      client.unsubscribe(topic);
      stored(toTopic(topic), "4");
      assertThat(client.subscribe(topic).getStream().getStartOffset()).isEqualTo(4);
    }
  }

  @Test
  void historyThatIsGone_isNotRecovered_andSaidSo() throws Exception {
    StreamPosition seen;
    try (StreamClient client = connect("a")) {
      client.subscribe(topic);
      stored(toTopic(topic), "1");
      seen = after(client.notice());
    }
    for (int i = 2; i <= 6; i++) {
      stored(toTopic(topic), Integer.toString(i));
    }
    keepOnly(2, 6);
    try (StreamClient client = connect("a")) {
      StreamStart start = client.subscribe(topic, seen).getStream();
      assertThat(start.getRecovered()).isFalse();
      assertThat(start.getStartOffset()).isEqualTo(4);
      assertThat(client.texts(2)).containsExactly("5", "6");
    }
    try (StreamClient client = connect("a")) {
      StreamStart start =
          client.subscribe(topic, position(seen.getStream(), seen.getEpoch() + 1, 3)).getStream();
      assertThat(start.getRecovered()).isFalse();
      assertThat(start.getStartOffset()).isEqualTo(6);
    }
  }

  @Test
  void unsubscribed_getsNothingMore_andASecondTimeIsToldSo() throws Exception {
    try (StreamClient client = connect("a")) {
      client.subscribe(topic);
      client.subscribe("prices/other");
      assertThat(client.unsubscribe(topic).getStatus())
          .isEqualTo(io.trunkline.protocol.v1.Status.OK);
      assertThat(client.unsubscribe(topic).getStatus())
          .isEqualTo(io.trunkline.protocol.v1.Status.NOT_FOUND);
      stored(toTopic(topic), "not for you");
      erp.publish(Message.to(toTopic(topic), "nor this").passing());
      stored(toTopic("prices/other"), "yours");
      assertThat(client.texts(1)).containsExactly("yours");
    }
  }

  @Test
  void subscribedTwice_getsEachMessageOnce() throws Exception {
    try (StreamClient client = connect("a")) {
      client.subscribe(topic);
      stored(toTopic(topic), "1");
      client.notice();
      Subscribed again = client.subscribe(topic);
      assertThat(again.getStatus()).isEqualTo(io.trunkline.protocol.v1.Status.OK);
      assertThat(again.getStream().getStartOffset()).isEqualTo(1);
      stored(toTopic(topic), "2");
      stored(toTopic(topic), "3");
      assertThat(client.texts(2)).containsExactly("2", "3");
      client.unsubscribe(topic);
      stored(toTopic(topic), "4");
      assertThat(client.noticesSoFar()).isEmpty();
    }
  }

  @Test
  void tooManyTopics_areRefused_alsoWhenAskedForAllAtOnce() throws Exception {
    try (StreamClient client = connect("a")) {
      List<Long> asked = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        asked.add(client.sendSubscribe(topic + i));
      }
      List<io.trunkline.protocol.v1.Status> answers = new ArrayList<>();
      for (long seq : asked) {
        answers.add(client.subscribed(seq).getStatus());
      }
      assertThat(answers).filteredOn(io.trunkline.protocol.v1.Status.OK::equals).hasSize(3);
      assertThat(answers).filteredOn(io.trunkline.protocol.v1.Status.BUSY::equals).hasSize(7);
      // One that is followed already is no further one.
      String followed = topic + answers.indexOf(io.trunkline.protocol.v1.Status.OK);
      assertThat(client.subscribe(followed).getStatus())
          .isEqualTo(io.trunkline.protocol.v1.Status.OK);
    }
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

  private static String large(int number) {
    return number + " " + "x".repeat(30_000);
  }

  private static int number(Notify notify) {
    String text = notify.getPayload().toStringUtf8();
    return Integer.parseInt(text.substring(0, text.indexOf(' ')));
  }

  @Test
  void clientThatReadsLate_getsAllStoredOnes_inOrder() throws Exception {
    int count = 300; // 9 MB: more than the sockets hold
    try (StreamClient slow = connect("slow")) {
      slow.subscribe(topic);
      for (int i = 1; i < count; i++) {
        erp.publish(Message.to(toTopic(topic), large(i)));
      }
      stored(toTopic(topic), large(count));
      for (int i = 1; i <= count; i++) {
        assertThat(number(slow.notice())).isEqualTo(i);
      }
      stored(toTopic(topic), large(count + 1));
      assertThat(number(slow.notice())).isEqualTo(count + 1);
    }
  }

  @Test
  void clientThatReadsTooLate_isToldWhatIsGone() throws Exception {
    int count = 300;
    try (StreamClient slow = connect("slow")) {
      slow.subscribe(topic);
      for (int i = 1; i < count; i++) {
        erp.publish(Message.to(toTopic(topic), large(i)));
      }
      stored(toTopic(topic), large(count));
      keepOnly(5, count);
      int expected = 1;
      boolean told = false;
      while (expected <= count) {
        Frame next = slow.noticeOrStart();
        if (next.hasStreamStart()) {
          StreamStart start = next.getStreamStart();
          assertThat(start.getStream()).isEqualTo("topic:" + topic);
          assertThat(start.getRecovered()).isFalse();
          assertThat(start.getStartOffset()).isGreaterThanOrEqualTo(expected);
          expected = (int) start.getStartOffset() + 1;
          told = true;
        } else {
          assertThat(number(next.getNotify())).isEqualTo(expected);
          expected++;
        }
      }
      assertThat(told).isTrue();
    }
  }

  /** Larger than what may wait, so that no connection ever has room for it beside something. */
  @Test
  void largeMessage_findsItsWay_onAConnectionThatIsNeverUnwritable() throws Exception {
    try (StreamClient client = connect("a")) {
      client.subscribe(topic);
      String text = "x".repeat(150_000);
      stored(toTopic(topic), text);
      stored(toTopic(topic), "after");
      assertThat(client.texts(2)).containsExactly(text, "after");
      stored(new Target.User("a-" + run, java.util.Optional.empty()), text);
      assertThat(client.texts(1)).containsExactly(text);
    }
  }

  @Test
  void slowClient_doesNotDelayOthers() throws Exception {
    try (StreamClient slow = connect("slow");
        StreamClient quick = connect("quick")) {
      slow.subscribe(topic);
      quick.subscribe(topic);
      for (int i = 1; i <= 300; i++) {
        erp.publish(Message.to(toTopic(topic), large(i)));
        if (i % 10 == 0) {
          for (int k = i - 9; k <= i; k++) {
            assertThat(number(quick.notice())).isEqualTo(k);
          }
        }
      }
      for (int i = 1; i <= 300; i++) {
        assertThat(number(slow.notice())).isEqualTo(i);
      }
    }
  }
}
