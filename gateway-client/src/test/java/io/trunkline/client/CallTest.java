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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
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
  void manyOutstanding_areBusyBeyondTheBound_andEachHasOneOutcome() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    List<CompletableFuture<CallResult>> calls = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      calls.add(client.call("stuck", "stuck", HELLO, "", Duration.ofMinutes(1)));
    }
    Request first = peer.request();
    Awaitility.await()
        .atMost(SOON)
        .until(() -> calls.stream().filter(call -> !call.isDone()).count() <= 100);
    peer.close();

    Map<Status, Integer> outcomes = new EnumMap<>(Status.class);
    calls.forEach(call -> outcomes.merge(await(call).status(), 1, Integer::sum));
    assertThat(first.getSeq()).isEqualTo(1);
    assertThat(outcomes).containsOnlyKeys(Status.BUSY, Status.CANCELLED);
    // The limit of this Welcome: what is beyond was never sent.
    assertThat(outcomes).containsEntry(Status.CANCELLED, 100);
  }

  @Test
  void answerWithAForeignSeq_orASecondOne_isIgnored() throws Exception {
    TrunklineClient client = start(builder());
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());

    CompletableFuture<CallResult> call = client.call("echo", "echo", "x");
    Request request = peer.request();
    peer.answer(Request.newBuilder().setSeq(999_999).build(), Status.OK, "foreign");
    peer.answer(request, Status.OK, "first");
    peer.answer(request, Status.OK, "second");

    assertThat(await(call).text()).isEqualTo("first");
    CompletableFuture<CallResult> next = client.call("echo", "echo", "x");
    peer.answer(peer.request(), Status.OK, "next");
    assertThat(await(next).text()).isEqualTo("next");
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
