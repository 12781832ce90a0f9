package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Subscribe;
import io.trunkline.protocol.v1.Subscribed;
import io.trunkline.protocol.v1.Unsubscribed;
import io.trunkline.protocol.v1.Welcome;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionTest extends ClientFixture {
  private final BlockingQueue<Notification> prices = new LinkedBlockingQueue<>();

  private static Subscribe subscribe(FakeGateway.Peer peer) throws Exception {
    Frame frame = peer.take();
    assertThat(frame.hasSubscribe()).as("%s is a Subscribe", frame).isTrue();
    return frame.getSubscribe();
  }

  private static Subscribed.Builder ok(Subscribe asked, long offset, boolean recovered) {
    return Subscribed.newBuilder()
        .setSeq(asked.getSeq())
        .setStream(
            StreamStart.newBuilder()
                .setStream("topic:prices")
                .setEpoch(1)
                .setStartOffset(offset)
                .setRecovered(recovered));
  }

  private static void send(FakeGateway.Peer peer, Subscribed.Builder answer) {
    peer.send(Frame.newBuilder().setSubscribed(answer));
  }

  private static Notify.Builder price(long offset) {
    return Notify.newBuilder()
        .setMessageId("p-" + offset)
        .setTopic("prices")
        .setStream("topic:prices")
        .setEpoch(1)
        .setOffset(offset)
        .setExpect(Expect.NOTHING);
  }

  private Notification next() throws InterruptedException {
    Notification notification = prices.poll(60, TimeUnit.SECONDS);
    assertThat(notification).isNotNull();
    return java.util.Objects.requireNonNull(notification);
  }

  /** A client that has subscribed to prices, from offset 10 on. */
  private FakeGateway.Peer subscribed(TrunklineClient client) throws Exception {
    FakeGateway.Peer peer = gateway.welcome();
    listener.next(SessionInfo.class);
    Subscription subscription = client.subscribe("prices", prices::add);
    Subscribe asked = subscribe(peer);
    assertThat(asked.getTopic()).isEqualTo("prices");
    assertThat(asked.hasPosition()).isFalse();
    send(peer, ok(asked, 10, true));
    assertThat(await(subscription.result()).ok()).isTrue();
    listener.next(StreamEvent.class);
    return peer;
  }

  @Test
  void messagesOfATopic_goToItsListener_others_to_the_clients() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = subscribed(client);

    peer.notify(price(11));
    peer.notify(price(12).setTopic("news").setMessageId("n-1").setStream("topic:news"));

    assertThat(next().id()).isEqualTo("p-11");
    assertThat(listener.next(Notification.class).id()).isEqualTo("n-1");
  }

  @Test
  void subscribeBeforeThereIsAConnection_isAskedAfterWelcome_once() throws Exception {
    TrunklineClient client = start(builder());
    Subscription subscription = client.subscribe("prices", prices::add);
    FakeGateway.Peer peer = gateway.welcome();

    send(peer, ok(subscribe(peer), 0, true));

    ControlResult result = await(subscription.result());
    assertThat(result.ok()).isTrue();
    assertThat(result.stream()).contains(new StreamEvent("topic:prices", 1, 0, true));
    assertThat(peer.poll(50)).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nextConnection_resumedOrNot_renewsFromThePosition(boolean resumed) throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer first = subscribed(client);
    first.notify(price(11).setExpect(Expect.ACK));
    next();
    assertThat(first.take().getAck().getOffset()).isEqualTo(11);

    first.close();
    listener.next(Disconnect.class);
    FakeGateway.Peer second = gateway.accept();
    StreamPosition position =
        StreamPosition.newBuilder().setStream("topic:prices").setEpoch(1).setOffset(11).build();
    assertThat(second.hello().getPositionsList()).containsExactly(position);
    second.welcome(Welcome.newBuilder().setResumed(resumed));
    listener.next(SessionInfo.class);

    Subscribe renewed = subscribe(second);
    assertThat(renewed.getPosition()).isEqualTo(position);
    send(second, ok(renewed, 30, false));
    assertThat(listener.next(StreamEvent.class))
        .isEqualTo(new StreamEvent("topic:prices", 1, 30, false));
  }

  @Test
  void refusal_isTold_andNotRenewed() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer first = gateway.welcome();
    Subscription subscription = client.subscribe("secret", prices::add);

    send(
        first,
        Subscribed.newBuilder()
            .setSeq(subscribe(first).getSeq())
            .setStatus(Status.PERMISSION_DENIED)
            .setMessage("not for you"));

    assertThat(await(subscription.result()))
        .isEqualTo(ControlResult.local(Status.PERMISSION_DENIED, "not for you"));
    first.close();
    assertThat(gateway.welcome().poll(50)).isNull();
  }

  @Test
  void refusedRenewal_isToldToTheListener_andOver() throws Exception {
    Refusals refusals = new Refusals();
    TrunklineClient client = start(builder().listener(refusals));
    FakeGateway.Peer second = lostAndBack(client);

    send(
        second,
        Subscribed.newBuilder()
            .setSeq(subscribe(second).getSeq())
            .setStatus(Status.PERMISSION_DENIED));

    assertThat(refusals.seen.poll(60, TimeUnit.SECONDS))
        .isEqualTo("prices PERMISSION_DENIED false");
    second.close();
    assertThat(gateway.welcome().poll(50)).isNull();
  }

  @Test
  void renewalThatCannotBeNow_isAskedAgain() throws Exception {
    Refusals refusals = new Refusals();
    TrunklineClient client = start(builder().listener(refusals));
    FakeGateway.Peer second = lostAndBack(client);

    send(
        second,
        Subscribed.newBuilder().setSeq(subscribe(second).getSeq()).setStatus(Status.UNAVAILABLE));

    assertThat(refusals.seen.poll(60, TimeUnit.SECONDS)).isEqualTo("prices UNAVAILABLE true");
    assertThat(subscribe(second).getTopic()).isEqualTo("prices");
  }

  private FakeGateway.Peer lostAndBack(TrunklineClient client) throws Exception {
    FakeGateway.Peer first = gateway.welcome();
    Subscription subscription = client.subscribe("prices", prices::add);
    send(first, ok(subscribe(first), 0, true));
    await(subscription.result());
    first.close();
    return gateway.welcome();
  }

  private static final class Refusals implements ClientListener {
    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @Override
    public void subscriptionRefused(String topic, ControlResult result, boolean willRetry) {
      seen.add(topic + " " + result.status() + " " + willRetry);
    }
  }

  @Test
  void unsubscribe_isAnswered_andForgetsThePosition() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = subscribed(client);

    CompletableFuture<ControlResult> outcome = client.unsubscribe("prices");
    var asked = peer.take().getUnsubscribe();
    assertThat(asked.getTopic()).isEqualTo("prices");
    peer.send(Frame.newBuilder().setUnsubscribed(Unsubscribed.newBuilder().setSeq(asked.getSeq())));

    assertThat(await(outcome).ok()).isTrue();
    assertThat(await(client.unsubscribe("prices")).status()).isEqualTo(Status.NOT_FOUND);
    peer.close();
    listener.next(Disconnect.class);
    FakeGateway.Peer second = gateway.accept();
    assertThat(second.hello().getPositionsList()).isEmpty();
    second.welcome();
    assertThat(second.poll(50)).isNull();
  }

  @Test
  void unsubscribeWithoutConnection_isToldToTheSessionThatGoesOn() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer first = subscribed(client);
    first.close();
    listener.next(Disconnect.class);
    FakeGateway.Peer second = gateway.accept();
    var unused = second.hello();
    CompletableFuture<ControlResult> outcome = client.unsubscribe("prices");
    assertThat(await(client.unsubscribe("prices")).status())
        .as("the first one was heard before Welcome comes")
        .isEqualTo(Status.NOT_FOUND);

    second.welcome(Welcome.newBuilder().setResumed(true));

    var asked = second.take().getUnsubscribe();
    assertThat(asked.getTopic()).isEqualTo("prices");
    second.send(
        Frame.newBuilder().setUnsubscribed(Unsubscribed.newBuilder().setSeq(asked.getSeq())));
    assertThat(await(outcome).ok()).isTrue();
  }

  @Test
  void silentGateway_isGivenUpAfterTheCallTimeout() throws Exception {
    TrunklineClient client = start(builder().callTimeout(Duration.ofMillis(100)));
    FakeGateway.Peer peer = gateway.welcome();
    Subscription subscription = client.subscribe("prices", prices::add);
    subscribe(peer);

    assertThat(await(subscription.result()).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
  }

  @Test
  void sameTopicTwice_isAConflict_andNoNameIsRefusedAtOnce() throws Exception {
    TrunklineClient client = start(builder());
    subscribed(client);

    assertThat(await(client.subscribe("prices", prices::add).result()).status())
        .isEqualTo(Status.CONFLICT);
    assertThatThrownBy(() -> client.subscribe("", prices::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a topic's name has 1 to 128 bytes, not 0");
  }

  @Test
  void close_endsWhatWaits() throws Exception {
    TrunklineClient client = start(builder());
    Subscription subscription = client.subscribe("prices", prices::add);

    client.close();

    assertThat(await(subscription.result()).status()).isEqualTo(Status.CANCELLED);
    assertThat(await(client.subscribe("news", prices::add).result()).status())
        .isEqualTo(Status.CANCELLED);
  }
}
