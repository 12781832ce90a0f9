package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Ping;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NotificationTest extends ClientFixture {

  private static Notify.Builder message(String id, Expect expect) {
    return Notify.newBuilder()
        .setMessageId(id)
        .setType("news")
        .setExpect(expect)
        .setPayload(ByteString.copyFromUtf8("text of " + id));
  }

  @Test
  void autoAck_acknowledgesWhatExpectsIt_withItsStreamAndOffset() throws Exception {
    start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    listener.next(SessionInfo.class);

    peer.notify(message("a", Expect.NOTHING));
    peer.notify(message("b", Expect.ACK).setStream("user/alice").setEpoch(3).setOffset(17));

    assertThat(listener.next(Notification.class).text()).isEqualTo("text of a");
    Notification second = listener.next(Notification.class);
    assertThat(second.id()).isEqualTo("b");
    assertThat(second.type()).isEqualTo("news");
    assertThat(peer.take().getAck())
        .isEqualTo(
            Ack.newBuilder()
                .setMessageId("b")
                .setStream("user/alice")
                .setEpoch(3)
                .setOffset(17)
                .build());
    assertThat(second.ack()).as("already answered").isFalse();
  }

  @Test
  void withoutAutoAck_theApplicationAnswers_once() throws Exception {
    start(builder().autoAck(false));
    FakeGateway.Peer peer = gateway.welcome();
    listener.next(SessionInfo.class);

    peer.notify(message("a", Expect.REPLY));
    Notification notification = listener.next(Notification.class);
    assertThat(peer.poll(100)).as("nothing by itself").isNull();

    assertThat(notification.reply("yes".getBytes(UTF_8), "text/plain")).isTrue();
    assertThat(notification.ack()).isFalse();

    Ack ack = peer.take().getAck();
    assertThat(ack.getMessageId()).isEqualTo("a");
    assertThat(ack.getReply().getPayload().toStringUtf8()).isEqualTo("yes");
    assertThat(peer.poll(50)).isNull();
  }

  @Test
  void sameIdAgain_isNotShownButAcknowledgedAgain() throws Exception {
    start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    listener.next(SessionInfo.class);

    peer.notify(message("a", Expect.ACK));
    listener.next(Notification.class);
    assertThat(peer.take().getAck().getMessageId()).isEqualTo("a");
    peer.notify(message("a", Expect.ACK));

    assertThat(peer.take().getAck().getMessageId()).isEqualTo("a");
    assertThat(listener.isEmpty()).isTrue();
  }

  @Test
  void failingListener_doesNotAcknowledge_andSeesTheMessageAgain() throws Exception {
    AtomicInteger seen = new AtomicInteger();
    start(
        builder()
            .callbackExecutor(Runnable::run)
            .listener(
                new ClientListener() {
                  @Override
                  public void notification(Notification notification) {
                    if (seen.incrementAndGet() == 1) {
                      throw new IllegalStateException("expected by the test");
                    }
                  }
                }));
    FakeGateway.Peer peer = gateway.welcome();

    peer.notify(message("a", Expect.ACK));
    peer.send(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(1)));
    assertThat(peer.take().hasPong()).as("no ack before the pong").isTrue();
    peer.notify(message("a", Expect.ACK));

    assertThat(peer.take().getAck().getMessageId()).isEqualTo("a");
    assertThat(seen).hasValue(2);
  }

  @Test
  void slowListener_stopsTheReading_untilHalfIsDone() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger seen = new AtomicInteger();
    TrunklineClient client =
        start(
            builder()
                .listener(
                    new ClientListener() {
                      @Override
                      public void notification(Notification notification) {
                        try {
                          assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                        seen.incrementAndGet();
                      }
                    }));
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    for (int i = 0; i < Notifications.MAX_WAITING; i++) {
      peer.notify(message("m" + i, Expect.NOTHING));
    }
    peer.send(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(1)));
    // What was read before the stop may still be handled; what comes later waits.
    Frame early = peer.poll(200);
    peer.send(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(2)));
    assertThat(peer.poll(200)).as("not read while the listener is slow").isNull();
    release.countDown();

    Frame last = peer.take();
    if (early == null) {
      last = peer.take();
    }
    assertThat(last.getPong().getNonce()).isEqualTo(2);
    org.awaitility.Awaitility.await().untilAtomic(seen, org.hamcrest.Matchers.is(1_024));
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;
}
