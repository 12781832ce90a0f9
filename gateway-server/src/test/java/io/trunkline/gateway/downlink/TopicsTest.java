package io.trunkline.gateway.downlink;

import static io.trunkline.gateway.StreamClient.after;
import static io.trunkline.gateway.StreamClient.position;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Subscribed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Following topics: from where, with what, and until when. */
class TopicsTest extends ManyFixture {
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
}
