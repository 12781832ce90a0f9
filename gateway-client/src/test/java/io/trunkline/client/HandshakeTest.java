package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.protocol.v1.Bye;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeTest extends ClientFixture {

  @Test
  void welcome_completesConnectAndTellsTheListener() throws Exception {
    TrunklineClient client =
        start(builder().deviceId("device-1").clientName("test").attribute("region", "east"));

    FakeGateway.Peer peer = gateway.accept();
    Hello hello = peer.hello();
    peer.welcome(Welcome.newBuilder().setHeartbeatIntervalMs(20_000).setServerTimeMs(5));

    SessionInfo session = await(client.connect());
    assertThat(hello.getToken()).isEqualTo("a token");
    assertThat(hello.getDeviceId()).isEqualTo("device-1");
    assertThat(hello.getClientName()).isEqualTo("test");
    assertThat(hello.getAttributesMap()).containsEntry("region", "east");
    assertThat(session.sessionId()).isEqualTo("s-1");
    assertThat(session.heartbeatInterval()).isEqualTo(Duration.ofSeconds(20));
    assertThat(listener.next(SessionInfo.class)).isEqualTo(session);
    assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
    assertThat(client.session()).contains(session);
  }

  @Test
  void welcome_overWebSocket_andItsCloseCodeIsTheReason() throws Exception {
    try (FakeGateway webSocket = FakeGateway.webSocket()) {
      TrunklineClient client =
          start(TrunklineClient.builder().url(webSocket.url()).token("t").listener(listener));

      FakeGateway.Peer peer = webSocket.welcome();
      assertThat(await(client.connect()).sessionId()).isEqualTo("s-1");
      listener.next(SessionInfo.class);

      peer.closeWebSocket(4502, "go home");
      assertThat(listener.next(Disconnect.class))
          .isEqualTo(new Disconnect(4502, "KICKED", "go home", false));
    }
  }

  @Test
  void refusedToken_thatCannotChange_isForGood() throws Exception {
    TrunklineClient client = start(builder());

    gateway.accept().error(CloseCode.TOKEN_EXPIRED, "expired an hour ago");

    assertThatThrownBy(() -> client.connect().get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            GatewayException.class, e -> assertThat(e.codeName()).isEqualTo("TOKEN_EXPIRED"));
    assertThat(await(client.closed()).code()).isEqualTo(4401);
    assertThat(listener.next(Recorded.Failed.class).disconnect().willReconnect()).isFalse();
    listener.next(Recorded.Closed.class);
    assertThat(client.state()).isEqualTo(ClientState.CLOSED);
    assertThat(gateway.hasNoConnection()).isTrue();
  }

  @Test
  void refusedToken_isReplacedByTheNextOne() throws Exception {
    Iterator<String> tokens = List.of("old", "new").iterator();
    TrunklineClient client = start(builder().token(tokens::next));

    gateway.accept().error(CloseCode.TOKEN_EXPIRED, "expired");
    FakeGateway.Peer second = gateway.accept();
    assertThat(second.hello().getToken()).isEqualTo("new");
    second.welcome();

    assertThat(await(client.connect()).sessionId()).isEqualTo("s-1");
  }

  @Test
  void refusedToken_whenTheSupplierHasNoOther_closes() throws Exception {
    TrunklineClient client = start(builder().token(() -> "always this"));

    gateway.accept().error(CloseCode.TOKEN_INVALID, "forged");

    assertThat(await(client.closed()).name()).isEqualTo("TOKEN_INVALID");
    assertThat(gateway.hasNoConnection()).isTrue();
  }

  @Test
  void nobodyThere_withoutRetry_saysSoInOneLine() {
    gateway.close();
    TrunklineClient client = start(builder().retryFirstConnect(false));

    assertThatThrownBy(() -> await(client.connect()))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessage("cannot reach " + gateway.url() + ": Connection refused");
  }

  @Test
  void silentGateway_isGivenUpAfterTheHandshakeTimeout() throws Exception {
    start(builder().handshakeTimeout(Duration.ofMillis(100)));

    Disconnect failed = listener.next(Recorded.Failed.class).disconnect();

    assertThat(failed.name()).isEqualTo("HANDSHAKE_TIMEOUT");
    assertThat(failed.willReconnect()).isTrue();
  }

  @Test
  void close_saysByeOnce() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    client.close();
    client.close();

    assertThat(peer.take()).isEqualTo(Frame.newBuilder().setBye(Bye.getDefaultInstance()).build());
    assertThat(client.closed()).isNotDone();
    peer.close();
    assertThat(await(client.closed()).name()).isEqualTo("CLIENT_BYE");
    assertThat(peer.poll(0)).isNull();
  }

  @Test
  void close_beforeWelcome_cancelsConnect() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.accept();

    client.close();

    peer.awaitClosed();
    assertThat(await(client.closed()).name()).isEqualTo("CLIENT_BYE");
    assertThat(client.connect()).isCancelled();
  }
}
