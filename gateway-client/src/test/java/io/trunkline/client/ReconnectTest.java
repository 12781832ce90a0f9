package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Welcome;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReconnectTest extends ClientFixture {

  @Test
  void lostConnection_comesBackWithTheResumeToken() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer first = gateway.accept();
    assertThat(first.hello().getResumeToken()).isEmpty();
    first.welcome(Welcome.newBuilder().setResumeToken(ByteString.copyFromUtf8("r-1")));
    listener.next(SessionInfo.class);

    first.close();

    Disconnect lost = listener.next(Disconnect.class);
    assertThat(lost.name()).isEqualTo("CONNECTION_LOST");
    assertThat(lost.willReconnect()).isTrue();
    FakeGateway.Peer second = gateway.accept();
    assertThat(second.hello().getResumeToken()).isEqualTo(ByteString.copyFromUtf8("r-1"));
    second.welcome(Welcome.newBuilder().setResumed(true));
    assertThat(listener.next(SessionInfo.class).resumed()).isTrue();
    assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
  }

  @Test
  void reusedResumeToken_isLeftOutOfTheNextHello() throws Exception {
    start(builder());
    FakeGateway.Peer first = gateway.accept();
    Hello unused = first.hello();
    first.welcome(Welcome.newBuilder().setResumeToken(ByteString.copyFromUtf8("stolen")));
    first.close();

    gateway.accept().error(CloseCode.RESUME_TOKEN_REUSED, "used before");

    assertThat(gateway.accept().hello().getResumeToken()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = CloseCode.class,
      names = {"KICKED", "BANNED", "REPLACED", "MALFORMED_FRAME"})
  void codesThatForbidIt_endTheClient(CloseCode code) throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    listener.next(SessionInfo.class);

    peer.error(code, "because");

    Disconnect expected = new Disconnect(code.getNumber(), code.name(), "because", false);
    assertThat(listener.next(Disconnect.class)).isEqualTo(expected);
    assertThat(listener.next(Recorded.Closed.class).last()).isEqualTo(expected);
    assertThat(await(client.closed())).isEqualTo(expected);
    assertThat(gateway.hasNoConnection()).isTrue();
  }

  @Test
  void unknownCode_isTreatedByItsRange() throws Exception {
    start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    listener.next(SessionInfo.class);

    peer.send(Frame.newBuilder().setError(Error.newBuilder().setCodeValue(4599)));

    assertThat(listener.next(Disconnect.class))
        .isEqualTo(new Disconnect(4599, "CODE_4599", "", false));
  }

  @Test
  void garbage_closesAndTriesAgainLater() throws Exception {
    start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    listener.next(SessionInfo.class);

    peer.bytes(new byte[] {5, -1, -1, -1, -1, -1});

    Disconnect disconnect = listener.next(Disconnect.class);
    assertThat(disconnect.name()).isEqualTo("INTERNAL_ERROR");
    assertThat(disconnect.message()).contains("does not speak trunkline.v1");
    assertThat(disconnect.willReconnect()).isTrue();
    gateway.welcome();
    listener.next(SessionInfo.class);
  }

  @Test
  void firstAddressDead_takesTheNext() throws Exception {
    FakeGateway dead = FakeGateway.tcp();
    dead.close();
    TrunklineClient client =
        start(
            TrunklineClient.builder()
                .url(dead.url())
                .url(gateway.url())
                .backoff(TINY)
                .listener(listener));

    listener.next(Recorded.Failed.class);
    gateway.welcome();

    assertThat(await(client.connect()).nodeId()).isEqualTo("n-1");
  }

  @Test
  void goAway_finishesCallsAndGoesToTheOtherAddress() throws Exception {
    try (FakeGateway other = FakeGateway.tcp()) {
      TrunklineClient client = start(builder());
      FakeGateway.Peer old = gateway.welcome();
      listener.next(SessionInfo.class);
      CompletableFuture<CallResult> underWay = client.call("echo", "echo", "hello");
      var request = old.request();

      old.send(
          Frame.newBuilder()
              .setGoAway(
                  GoAway.newBuilder()
                      .setCode(CloseCode.DRAINING)
                      .setReason("deploy")
                      .setReconnectAfterMs(1)
                      .setAddress("127.0.0.1:" + other.port())));
      assertThat(listener.next(Recorded.Gone.class).reason()).isEqualTo("deploy");
      assertThat(other.hasNoConnection()).as("a call is under way").isTrue();
      old.answer(request, Status.OK, "hello");

      assertThat(await(underWay).text()).isEqualTo("hello");
      assertThat(listener.next(Disconnect.class).name()).isEqualTo("DRAINING");
      other.welcome();
      listener.next(SessionInfo.class);
      assertThat(gateway.hasNoConnection()).isTrue();
    }
  }
}
