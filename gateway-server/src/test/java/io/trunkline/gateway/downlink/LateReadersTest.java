package io.trunkline.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Target;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamStart;
import org.junit.jupiter.api.Test;

/** Followers of a topic who read late or too late, and messages larger than what may wait. */
class LateReadersTest extends ManyFixture {
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
