package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of clients and from within the node, to what answers at once and to what blocks. */
class UplinkTest {
  private final UplinkHarness node =
      new UplinkHarness(/* maxOutstanding= */ 8, BuiltInServices.all(Clock.systemUTC()));

  @AfterEach
  void stop() {
    node.close();
  }

  private void call(long seq, String service, String method, String payload, int deadlineMs) {
    node.send(
        Request.newBuilder()
            .setSeq(seq)
            .setService(service)
            .setMethod(method)
            .setPayload(ByteString.copyFromUtf8(payload))
            .setDeadlineMs(deadlineMs));
  }

  @Test
  void echo_isAnsweredInTheSameRead() {
    call(1, "echo", "echo", "hi", 0);
    assertThat(node.client.received())
        .singleElement()
        .satisfies(
            frame -> {
              assertThat(frame.getResponse().getSeq()).isEqualTo(1);
              assertThat(frame.getResponse().getStatus()).isEqualTo(Status.OK);
              assertThat(frame.getResponse().getPayload().toStringUtf8()).isEqualTo("hi");
            });
  }

  @Test
  void unknownServiceAndMethod_areNotFound_andNamed() {
    call(1, "nope", "x", "", 0);
    call(2, "echo", "nope", "", 0);
    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.NOT_FOUND);
    assertThat(node.answerTo(1).getMessage()).contains("nope");
    assertThat(node.answerTo(2).getStatus()).isEqualTo(Status.NOT_FOUND);
  }

  @Test
  void oneWay_isNeverAnswered() {
    node.send(Request.newBuilder().setService("nope").setOneWay(true));
    call(2, "echo", "echo", "", 0);
    assertThat(node.client.received()).singleElement().matches(f -> f.getResponse().getSeq() == 2);
  }

  @Test
  void fullService_isBusyAtOnce_othersAreNotHeldUp() throws InterruptedException {
    call(1, "slow", "wait", "", 0); // runs
    node.awaitEntered();
    call(2, "slow", "wait", "", 0); // waits
    call(3, "slow", "wait", "", 0); // too much
    call(4, "orders", "list", "", 0);
    assertThat(node.answerTo(3).getStatus()).isEqualTo(Status.BUSY);
    assertThat(node.answerTo(3).getRetryAfterMs()).isPositive();
    assertThat(node.answerTo(4).getStatus()).isEqualTo(Status.OK);
    node.release();
    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.OK);
    assertThat(node.answerTo(2).getStatus()).isEqualTo(Status.OK);
    assertThat(node.answers).hasSize(4);
  }

  @Test
  void late_isDeadlineExceeded_theHandlerIsInterrupted_andThereIsOneAnswer()
      throws InterruptedException {
    call(1, "slow", "wait", "", 50);
    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
    node.awaitInterrupted();
    call(2, "orders", "list", "", 0);
    node.answerTo(2);
    assertThat(node.answers).hasSize(2);
  }

  @Test
  void failure_isInternal_andTellsNothingOfTheBackEnd() {
    call(1, "slow", "fail", "", 0);
    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.INTERNAL);
    assertThat(node.answerTo(1).getMessage()).doesNotContain("secret");
  }

  @Test
  void endOfTheSession_cancelsWhatRuns() throws InterruptedException {
    call(1, "slow", "wait", "", 0);
    node.awaitEntered();
    node.client.disconnect();
    node.awaitInterrupted();
  }

  @Test
  void orders_keepState_perUser() {
    call(1, "orders", "create", "{\"item\":\"tea\",\"quantity\":2}", 0);
    assertThat(node.answerTo(1).getPayload().toStringUtf8())
        .contains("\"id\":1", "\"item\":\"tea\"");
    call(2, "orders", "get", "{\"id\":1}", 0);
    assertThat(node.answerTo(2).getStatus()).isEqualTo(Status.OK);
    call(3, "orders", "create", "nonsense", 0);
    assertThat(node.answerTo(3).getStatus()).isEqualTo(Status.INVALID_ARGUMENT);

    EmbeddedClient bob = node.engine.welcomed("bob", "d1");
    bob.send(
        Frame.newBuilder()
            .setRequest(
                Request.newBuilder()
                    .setSeq(9)
                    .setService("orders")
                    .setMethod("get")
                    .setPayload(ByteString.copyFromUtf8("{\"id\":1}")))
            .build());
    List<Frame> got = new ArrayList<>();
    await().until(() -> got.addAll(bob.received()) || !got.isEmpty());
    assertThat(got.getFirst().getResponse().getStatus()).isEqualTo(Status.NOT_FOUND);
    bob.finish();
  }

  private OutgoingCall outgoing(String service, String method, Duration timeout) {
    return new OutgoingCall(
        service, method, ByteString.copyFromUtf8("hi"), "text/plain", Map.of(), timeout);
  }

  private CallResult called(OutgoingCall call) throws Exception {
    return node.uplink.call(UplinkCaller.operator("op"), call, false).get(60, TimeUnit.SECONDS);
  }

  @Test
  void callFromWithinTheNode_goesTheSameWay() throws Exception {
    Duration second = Duration.ofSeconds(10);
    assertThat(called(outgoing("echo", "echo", second)).text()).isEqualTo("hi");
    assertThat(called(outgoing("nope", "x", second)).status()).isEqualTo(Status.NOT_FOUND);
    assertThat(called(outgoing("slow", "fail", second)).status()).isEqualTo(Status.INTERNAL);
    assertThat(called(outgoing("slow", "wait", Duration.ofMillis(50))).status())
        .isEqualTo(Status.DEADLINE_EXCEEDED);
    node.awaitInterrupted();
    assertThat(node.uplink.offers("slow")).isTrue();
    assertThat(node.uplink.offers("nope")).isFalse();
  }

  @Test
  void callsFromWithinTheNode_areBusy_whenTheServiceIs() throws Exception {
    List<CompletableFuture<CallResult>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(
          node.uplink.call(
              UplinkCaller.operator("op"),
              outgoing("slow", "wait", Duration.ofSeconds(10)),
              false));
    }
    assertThat(calls.get(2).get(60, TimeUnit.SECONDS).status()).isEqualTo(Status.BUSY);
    node.release();
    assertThat(calls.get(0).get(60, TimeUnit.SECONDS).ok()).isTrue();
    assertThat(calls.get(1).get(60, TimeUnit.SECONDS).ok()).isTrue();
  }

  @Test
  void oneWayCallFromWithinTheNode_endsAtOnce() throws Exception {
    var call =
        node.uplink.call(
            UplinkCaller.operator("op"), outgoing("slow", "wait", Duration.ofSeconds(10)), true);

    assertThat(call.isDone()).isTrue();
    node.awaitEntered();
  }
}
