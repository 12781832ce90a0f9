package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Welcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CallTest extends ClientFixture {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  @Test
  void call_isAnsweredBySeq_inAnyOrder() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    CompletableFuture<CallResult> one = client.call("echo", "echo", "1");
    CompletableFuture<CallResult> two =
        client.call("echo", "echo", HELLO, "text/plain", Duration.ofSeconds(3));
    Request first = peer.request();
    Request second = peer.request();
    peer.answer(second, Status.OK, "second");
    peer.answer(first, Status.NOT_FOUND, "no such service");

    assertThat(second.getService()).isEqualTo("echo");
    assertThat(second.getPayload().toStringUtf8()).isEqualTo("hello");
    assertThat(second.getContentType()).isEqualTo("text/plain");
    assertThat(second.getDeadlineMs()).isBetween(2_000, 3_000);
    assertThat(await(two).text()).isEqualTo("second");
    assertThat(await(one).status()).isEqualTo(Status.NOT_FOUND);
    assertThat(await(one).message()).isEqualTo("no such service");
  }

  @Test
  void lateAnswer_comesAfterTheOneOutcome() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    CompletableFuture<CallResult> late =
        client.call("slow", "slow", HELLO, "", Duration.ofMillis(30));
    Request request = peer.request();
    assertThat(await(late).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    peer.answer(request, Status.OK, "too late");

    // The connection goes on.
    CompletableFuture<CallResult> next = client.call("echo", "echo", "x");
    peer.answer(peer.request(), Status.OK, "x");
    assertThat(await(next).text()).isEqualTo("x");
    assertThat(late.join().status()).isEqualTo(Status.DEADLINE_EXCEEDED);
  }

  @Test
  void lostConnection_cancelsWhatIsUnderWay() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    CompletableFuture<CallResult> call = client.call("echo", "echo", "x");
    Request unused = peer.request();
    peer.close();

    assertThat(await(call).status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  void withoutConnection_callsEndAtOnce() {
    TrunklineClient client = builder().build();

    assertThat(await(client.call("echo", "echo", "x")).status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(await(client.callOneWay("echo", "echo", HELLO, "")).status())
        .isEqualTo(Status.UNAVAILABLE);
    assertThat(client.ping()).failsWithin(SOON);
  }

  @Test
  void limitsOfWelcome_areKept() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.accept();
    peer.hello();
    peer.welcome(
        Welcome.newBuilder()
            .setLimits(Limits.newBuilder().setMaxFrameBytes(2_000).setMaxOutstandingRequests(1)));
    await(client.connect());

    CompletableFuture<CallResult> first = client.call("echo", "echo", "x");
    CompletableFuture<CallResult> second = client.call("echo", "echo", "x");
    CompletableFuture<CallResult> large = client.call("echo", "echo", "x".repeat(2_000));

    assertThat(await(second).status()).isEqualTo(Status.BUSY);
    assertThat(await(large).status()).isEqualTo(Status.TOO_LARGE);
    peer.answer(peer.request(), Status.OK, "x");
    assertThat(await(first).ok()).isTrue();
  }

  @Test
  void oneWay_isSentAndWantsNoAnswer() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    assertThat(await(client.callOneWay("log", "write", HELLO, "")).ok()).isTrue();

    assertThat(peer.request().getOneWay()).isTrue();
  }

  @Test
  void requestOfTheGateway_isAnsweredNotFound_unlessOneWay() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    peer.send(Frame.newBuilder().setRequest(Request.newBuilder().setSeq(6).setOneWay(true)));
    peer.send(Frame.newBuilder().setRequest(Request.newBuilder().setSeq(7).setService("x")));

    Frame answer = peer.take();
    assertThat(answer.getResponse().getSeq()).isEqualTo(7);
    assertThat(answer.getResponse().getStatus()).isEqualTo(Status.NOT_FOUND);
  }

  @Test
  void ping_measuresTheRoundTrip() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    CompletableFuture<Duration> pong = client.ping();
    long nonce = peer.take().getPing().getNonce();
    peer.send(
        Frame.newBuilder().setPong(io.trunkline.protocol.v1.Pong.newBuilder().setNonce(nonce)));

    assertThat(await(pong)).isPositive();
  }
}
