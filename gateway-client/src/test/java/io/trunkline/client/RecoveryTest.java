package io.trunkline.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Welcome;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a client keeps through lost connections and restarts. */
class RecoveryTest extends ClientFixture {
  private static final ByteString TOKEN_1 = ByteString.copyFromUtf8("r-1");

  private static Notify.Builder stored(long offset, Expect expect) {
    return Notify.newBuilder()
        .setMessageId("m-" + offset)
        .setStream("user")
        .setEpoch(3)
        .setOffset(offset)
        .setExpect(expect);
  }

  private static StreamPosition position(String stream, long offset) {
    return StreamPosition.newBuilder().setStream(stream).setEpoch(3).setOffset(offset).build();
  }

  private static StreamStart start(String stream, long offset, boolean recovered) {
    return StreamStart.newBuilder()
        .setStream(stream)
        .setEpoch(3)
        .setStartOffset(offset)
        .setRecovered(recovered)
        .build();
  }

  private static Ack ack(long offset) {
    return Ack.newBuilder()
        .setMessageId("m-" + offset)
        .setStream("user")
        .setEpoch(3)
        .setOffset(offset)
        .build();
  }

  private FakeGateway.Peer accept(Welcome.Builder welcome) throws Exception {
    FakeGateway.Peer peer = gateway.accept();
    Hello unused = peer.hello();
    peer.welcome(welcome);
    listener.next(SessionInfo.class);
    return peer;
  }

  private static Welcome.Builder fresh() {
    return Welcome.newBuilder().setResumeToken(TOKEN_1);
  }

  private Hello helloAfterLossOf(FakeGateway.Peer peer) throws Exception {
    peer.close();
    listener.next(Disconnect.class);
    return gateway.accept().hello();
  }

  @Test
  void lostConnection_helloNamesTokenAndPositions_andTheListenerLearnsWhatWasRecovered()
      throws Exception {
    start(builder());
    FakeGateway.Peer first = accept(fresh().addStreams(start("broadcast", 40, true)));
    listener.next(StreamEvent.class);
    first.notify(stored(5, Expect.ACK));
    listener.next(Notification.class);
    assertThat(first.take().getAck()).isEqualTo(ack(5));

    first.close();
    listener.next(Disconnect.class);
    FakeGateway.Peer second = gateway.accept();
    Hello hello = second.hello();
    second.welcome(
        Welcome.newBuilder()
            .setResumed(true)
            .addStreams(start("user", 5, true))
            .addStreams(start("broadcast", 90, false)));

    assertThat(hello.getResumeToken()).isEqualTo(TOKEN_1);
    assertThat(hello.getPositionsList())
        .containsExactlyInAnyOrder(position("user", 5), position("broadcast", 40));
    assertThat(listener.next(SessionInfo.class).resumed()).isTrue();
    assertThat(listener.next(StreamEvent.class)).isEqualTo(new StreamEvent("user", 3, 5, true));
    assertThat(listener.next(StreamEvent.class))
        .isEqualTo(new StreamEvent("broadcast", 3, 90, false));
  }

  @Test
  void gapInMidConnection_isTold_andThePositionGoesOnAfterIt() throws Exception {
    start(builder());
    FakeGateway.Peer peer = accept(fresh());

    peer.send(Frame.newBuilder().setStreamStart(start("broadcast", 70, false)));

    assertThat(listener.next(StreamEvent.class))
        .isEqualTo(new StreamEvent("broadcast", 3, 70, false));
    assertThat(helloAfterLossOf(peer).getPositionsList())
        .containsExactly(position("broadcast", 70));
  }

  @Test
  void otherEpoch_beginsThePositionAnew() throws Exception {
    start(builder());
    FakeGateway.Peer peer = accept(fresh());
    peer.notify(stored(500, Expect.NOTHING));
    listener.next(Notification.class);

    peer.send(Frame.newBuilder().setStreamStart(start("user", 2, false).toBuilder().setEpoch(4)));
    listener.next(StreamEvent.class);

    assertThat(helloAfterLossOf(peer).getPositionsList())
        .containsExactly(position("user", 2).toBuilder().setEpoch(4).build());
  }

  @Test
  void acksOutOfOrder_thePositionWaitsForTheOldest() throws Exception {
    start(builder().autoAck(false));
    FakeGateway.Peer peer = accept(fresh());
    List<Notification> inHand = new ArrayList<>();
    for (long offset : new long[] {10, 12, 15}) {
      peer.notify(stored(offset, Expect.ACK));
      inHand.add(listener.next(Notification.class));
    }

    inHand.get(2).ack();
    inHand.get(0).ack();
    assertThat(peer.take().getAck()).isEqualTo(ack(15));
    assertThat(peer.take().getAck()).isEqualTo(ack(10));

    assertThat(helloAfterLossOf(peer).getPositionsList()).containsExactly(position("user", 11));
  }

  @Test
  void ackWithoutConnection_isSentAfterTheNextWelcome_evenOfANewSession() throws Exception {
    start(builder().autoAck(false));
    FakeGateway.Peer first = accept(fresh());
    first.notify(stored(1, Expect.ACK));
    first.notify(stored(2, Expect.REPLY));
    Notification one = listener.next(Notification.class);
    Notification two = listener.next(Notification.class);
    first.close();
    listener.next(Disconnect.class);
    FakeGateway.Peer second = gateway.accept();
    Hello unused = second.hello();

    one.ack();
    assertThat(second.poll(50)).as("not before Welcome").isNull();
    second.welcome();
    listener.next(SessionInfo.class);
    assertThat(second.take().getAck()).isEqualTo(ack(1));

    two.reply("late".getBytes(UTF_8), "text/plain");
    Ack late = second.take().getAck();
    assertThat(late.getOffset()).isEqualTo(2);
    assertThat(late.getReply().getPayload().toStringUtf8()).isEqualTo("late");
  }

  @Test
  void ackOfAMessageThatIsNotStored_goesToItsOwnSessionOnly() throws Exception {
    start(builder().autoAck(false));
    FakeGateway.Peer first = accept(fresh());
    first.notify(Notify.newBuilder().setMessageId("fleeting").setExpect(Expect.ACK));
    first.notify(stored(1, Expect.ACK));
    Notification fleeting = listener.next(Notification.class);
    Notification kept = listener.next(Notification.class);
    first.close();
    listener.next(Disconnect.class);
    FakeGateway.Peer second = gateway.accept();
    Hello unused = second.hello();
    fleeting.ack();
    kept.ack();

    second.welcome(Welcome.newBuilder().setResumed(false));

    assertThat(second.take().getAck()).isEqualTo(ack(1));
    assertThat(second.poll(50)).isNull();
  }

  @Test
  void repetition_whileTheApplicationHasIt_isNeitherShownNorAcknowledged() throws Exception {
    start(builder().autoAck(false));
    FakeGateway.Peer first = accept(fresh());
    first.notify(stored(1, Expect.ACK));
    Notification inHand = listener.next(Notification.class);
    first.close();
    listener.next(Disconnect.class);
    FakeGateway.Peer second = accept(Welcome.newBuilder().setResumed(true));

    second.notify(stored(1, Expect.ACK));
    second.notify(stored(2, Expect.NOTHING));
    assertThat(listener.next(Notification.class).id()).isEqualTo("m-2");
    assertThat(second.poll(50)).isNull();

    inHand.ack();
    assertThat(second.take().getAck()).isEqualTo(ack(1));
  }

  @Test
  void repliedMessageAgain_isRepliedAgainWithTheSame() throws Exception {
    start(builder());
    FakeGateway.Peer peer = accept(fresh());
    peer.notify(stored(1, Expect.REPLY));
    listener.next(Notification.class).reply("42".getBytes(UTF_8), "text/plain");
    Ack first = peer.take().getAck();

    peer.notify(stored(1, Expect.REPLY));

    assertThat(peer.take().getAck()).isEqualTo(first);
    assertThat(listener.isEmpty()).isTrue();
  }

  @Test
  void sameMessageInTwoStreams_isShownOnce_andAcknowledgedInBoth() throws Exception {
    start(builder().autoAck(false));
    FakeGateway.Peer peer = accept(fresh());
    peer.notify(stored(1, Expect.ACK));
    peer.notify(stored(1, Expect.ACK).setStream("broadcast").setOffset(9));
    Notification once = listener.next(Notification.class);
    peer.notify(stored(2, Expect.NOTHING));
    assertThat(listener.next(Notification.class).id()).isEqualTo("m-2");

    once.ack();

    assertThat(List.of(peer.take().getAck().getStream(), peer.take().getAck().getStream()))
        .containsExactly("user", "broadcast");
    assertThat(helloAfterLossOf(peer).getPositionsList())
        .containsExactlyInAnyOrder(position("user", 2), position("broadcast", 9));
  }

  @Test
  void failedMessage_holdsThePosition_andIsShownAgainOnTheNextConnection() throws Exception {
    List<String> shown = new java.util.concurrent.CopyOnWriteArrayList<>();
    start(
        builder()
            .listener(
                new ClientListener() {
                  @Override
                  public void notification(Notification notification) {
                    shown.add(notification.id());
                    if (shown.size() == 1) {
                      throw new IllegalStateException("expected by the test");
                    }
                  }
                }));
    FakeGateway.Peer first = gateway.welcome();
    first.notify(stored(1, Expect.ACK));
    first.notify(stored(2, Expect.ACK));
    assertThat(first.take().getAck()).isEqualTo(ack(2));
    first.close();

    FakeGateway.Peer second = gateway.accept();
    assertThat(second.hello().getPositionsList()).containsExactly(position("user", 0));
    second.welcome();
    second.notify(stored(1, Expect.ACK));
    second.notify(stored(2, Expect.ACK));

    assertThat(second.take().getAck()).isIn(ack(1), ack(2));
    assertThat(second.take().getAck()).isIn(ack(1), ack(2));
    assertThat(shown).containsExactly("m-1", "m-2", "m-1");
  }

  @Test
  void replyOverTheFrameLimit_becomesOneThatSaysSo() throws Exception {
    start(builder());
    FakeGateway.Peer peer = accept(fresh().setLimits(Limits.newBuilder().setMaxFrameBytes(2_000)));
    peer.notify(stored(1, Expect.REPLY));

    listener.next(Notification.class).reply(new byte[2_000], "image/png");

    assertThat(peer.take().getAck().getReply().getStatus()).isEqualTo(Status.TOO_LARGE);
  }

  @Test
  void refreshedToken_isUsedForTheNextConnection() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = accept(fresh());

    var outcome = client.refresh("a newer token");
    var asked = peer.take().getRefresh();
    peer.send(
        Frame.newBuilder()
            .setRefreshed(io.trunkline.protocol.v1.Refreshed.newBuilder().setSeq(asked.getSeq())));

    assertThat(asked.getToken()).isEqualTo("a newer token");
    assertThat(await(outcome).ok()).isTrue();
    assertThat(helloAfterLossOf(peer).getToken()).isEqualTo("a newer token");
  }

  @Test
  void refusedRefresh_isTold_andTheOldTokenStays() throws Exception {
    TrunklineClient client = start(builder());
    assertThat(await(client.refresh("early")).status()).isEqualTo(Status.UNAVAILABLE);
    FakeGateway.Peer peer = accept(fresh());

    var outcome = client.refresh("forged");
    long seq = peer.take().getRefresh().getSeq();
    peer.send(
        Frame.newBuilder()
            .setRefreshed(
                io.trunkline.protocol.v1.Refreshed.newBuilder()
                    .setSeq(seq)
                    .setStatus(Status.PERMISSION_DENIED)
                    .setMessage("of another user")));

    assertThat(await(outcome))
        .isEqualTo(ControlResult.local(Status.PERMISSION_DENIED, "of another user"));
    assertThat(helloAfterLossOf(peer).getToken()).isEqualTo("a token");
  }

  @Test
  void restart_goesOnWithPositionsAndIds_butAfterByeWithAnotherSession() throws Exception {
    MemoryPositionStore store = new MemoryPositionStore();
    TrunklineClient before = start(builder().deviceId("d").positionStore(store));
    FakeGateway.Peer first = accept(fresh());
    first.notify(stored(1, Expect.ACK));
    listener.next(Notification.class);
    assertThat(first.take().getAck()).isEqualTo(ack(1));
    before.close();
    assertThat(first.take().hasBye()).isTrue();
    first.close();
    await(before.closed());
    listener.next(Recorded.Closed.class);

    start(builder().deviceId("d").positionStore(store));
    FakeGateway.Peer second = gateway.accept();
    Hello hello = second.hello();
    second.welcome();
    listener.next(SessionInfo.class);
    second.notify(stored(1, Expect.ACK));
    second.notify(stored(2, Expect.ACK));

    assertThat(hello.getResumeToken()).as("the session ended with Bye").isEmpty();
    assertThat(hello.getPositionsList()).containsExactly(position("user", 1));
    assertThat(second.take().getAck()).as("of before the restart").isEqualTo(ack(1));
    assertThat(second.take().getAck()).isEqualTo(ack(2));
    assertThat(listener.next(Notification.class).id()).isEqualTo("m-2");
  }

  @Test
  void whileItRuns_theStoreHasTheResumeToken_andSoonThePositions() throws Exception {
    MemoryPositionStore store = new MemoryPositionStore();
    start(builder().deviceId("d").positionStore(store));
    FakeGateway.Peer peer = accept(fresh());

    Awaitility.await().until(() -> store.load("/d").resumeToken().equals(TOKEN_1));
    peer.notify(stored(1, Expect.NOTHING));
    Awaitility.await()
        .until(() -> store.load("/d").positions().contains(new Position("user", 3, 1)));
    assertThat(store.load("/d").seen()).containsExactly("m-1");
  }

  @Test
  void whatTheApplicationHasNotTakenOver_isNotSeenAfterARestart() throws Exception {
    MemoryPositionStore store = new MemoryPositionStore();
    start(builder().deviceId("d").positionStore(store).autoAck(false));
    FakeGateway.Peer peer = accept(fresh());
    peer.notify(stored(1, Expect.ACK));
    peer.notify(stored(2, Expect.REPLY));
    peer.notify(stored(3, Expect.NOTHING));
    listener.next(Notification.class);
    listener.next(Notification.class).reply(new byte[0], "");

    Awaitility.await().until(() -> store.load("/d").seen().contains("m-3"));
    Awaitility.await().until(() -> peer.poll(10) != null);
    assertThat(store.load("/d").seen())
        .as("a reply is not kept, so the application is asked again")
        .containsExactly("m-3");
    assertThat(store.load("/d").positions()).containsExactly(new Position("user", 3, 0));
  }

  @Test
  void kicked_theResumeTokenIsForgotten() throws Exception {
    MemoryPositionStore store = new MemoryPositionStore();
    TrunklineClient client = start(builder().deviceId("d").positionStore(store));
    FakeGateway.Peer peer = accept(fresh());

    peer.error(CloseCode.KICKED, "by an operator");

    await(client.closed());
    assertThat(store.load("/d").resumeToken()).isEmpty();
  }

  @Test
  void tokenOfAnotherUser_endsTheClient() throws Exception {
    var tokens = List.of(jwt("alice"), jwt("bob")).iterator();
    TrunklineClient client = start(builder().token(tokens::next));
    FakeGateway.Peer peer = gateway.welcome();
    listener.next(SessionInfo.class);

    peer.close();

    assertThat(await(client.closed()).message()).isEqualTo("the new token is of another user");
  }

  private static String jwt(String user) {
    String claims = "{\"sub\":\"" + user + "\"}";
    return "e30."
        + java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8))
        + ".sig";
  }

  @Test
  void storeThatCannotBeHad_endsTheClientWithTheReason() {
    PositionStore store =
        new PositionStore() {
          @Override
          public SavedState load(String client) throws java.io.IOException {
            throw new java.io.IOException("no room for " + client);
          }

          @Override
          public void save(String client, SavedState state) {}
        };
    TrunklineClient client = start(builder().deviceId("d").positionStore(store));

    assertThat(await(client.closed()).message()).isEqualTo("no room for /d");
  }
}
