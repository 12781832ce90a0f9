package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netty.util.HashedWheelTimer;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UplinkTest {
  private static final int MAX_OUTSTANDING = 8;
  private static final UplinkConfig CONFIG =
      new UplinkConfig(Duration.ofSeconds(10), Duration.ofSeconds(60), 1, 1);

  private final HashedWheelTimer timer = new HashedWheelTimer(5, TimeUnit.MILLISECONDS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final EngineHarness engine = new EngineHarness();
  private final Uplink uplink;
  private final EmbeddedClient client = engine.welcomed("alice", "d1");

  UplinkTest() {
    List<UplinkService> services = new ArrayList<>(BuiltInServices.all(Clock.systemUTC()));
    services.add(
        new UplinkService(
            "slow",
            true,
            Map.of(
                "wait",
                this::waitForRelease,
                "fail",
                call -> {
                  throw new IllegalStateException("a secret of the back end");
                })));
    uplink =
        new Uplink(
            CONFIG,
            Routes.inProcess(CONFIG, services, threads),
            (delay, task) ->
                timer.newTimeout(timeout -> task.run(), delay, TimeUnit.NANOSECONDS)::cancel,
            MAX_OUTSTANDING,
            List.of());
    engine.serve(uplink);
  }

  private CallResult waitForRelease(UplinkCall call) throws InterruptedException {
    entered.countDown();
    try {
      release.await();
      return CallResult.json("1");
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  @AfterEach
  void stop() {
    release.countDown();
    client.finish();
    threads.shutdownNow();
    timer.stop();
  }

  private void call(long seq, String service, String method, String payload, int deadlineMs) {
    client.send(
        Frame.newBuilder()
            .setRequest(
                Request.newBuilder()
                    .setSeq(seq)
                    .setService(service)
                    .setMethod(method)
                    .setPayload(ByteString.copyFromUtf8(payload))
                    .setDeadlineMs(deadlineMs))
            .build());
  }

  private final List<Response> answers = new ArrayList<>();

  private Response answerTo(long seq) {
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              client.received().forEach(frame -> answers.add(frame.getResponse()));
              return answers.stream().anyMatch(answer -> answer.getSeq() == seq);
            });
    return answers.stream().filter(answer -> answer.getSeq() == seq).findFirst().orElseThrow();
  }

  @Test
  void echo_isAnsweredInTheSameRead() {
    call(1, "echo", "echo", "hi", 0);
    assertThat(client.received())
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
    assertThat(answerTo(1).getStatus()).isEqualTo(Status.NOT_FOUND);
    assertThat(answerTo(1).getMessage()).contains("nope");
    assertThat(answerTo(2).getStatus()).isEqualTo(Status.NOT_FOUND);
  }

  @Test
  void oneWay_isNeverAnswered() {
    client.send(
        Frame.newBuilder()
            .setRequest(Request.newBuilder().setService("nope").setOneWay(true))
            .build());
    call(2, "echo", "echo", "", 0);
    assertThat(client.received()).singleElement().matches(f -> f.getResponse().getSeq() == 2);
  }

  @Test
  void fullService_isBusyAtOnce_othersAreNotHeldUp() throws InterruptedException {
    call(1, "slow", "wait", "", 0); // runs
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    call(2, "slow", "wait", "", 0); // waits
    call(3, "slow", "wait", "", 0); // too much
    call(4, "orders", "list", "", 0);
    assertThat(answerTo(3).getStatus()).isEqualTo(Status.BUSY);
    assertThat(answerTo(3).getRetryAfterMs()).isPositive();
    assertThat(answerTo(4).getStatus()).isEqualTo(Status.OK);
    release.countDown();
    assertThat(answerTo(1).getStatus()).isEqualTo(Status.OK);
    assertThat(answerTo(2).getStatus()).isEqualTo(Status.OK);
    assertThat(answers).hasSize(4);
  }

  @Test
  void late_isDeadlineExceeded_theHandlerIsInterrupted_andThereIsOneAnswer()
      throws InterruptedException {
    call(1, "slow", "wait", "", 50);
    assertThat(answerTo(1).getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    call(2, "orders", "list", "", 0);
    answerTo(2);
    assertThat(answers).hasSize(2);
  }

  @Test
  void failure_isInternal_andTellsNothingOfTheBackEnd() {
    call(1, "slow", "fail", "", 0);
    assertThat(answerTo(1).getStatus()).isEqualTo(Status.INTERNAL);
    assertThat(answerTo(1).getMessage()).doesNotContain("secret");
  }

  @Test
  void endOfTheSession_cancelsWhatRuns() throws InterruptedException {
    call(1, "slow", "wait", "", 0);
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    client.disconnect();
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void orders_keepState_perUser() {
    call(1, "orders", "create", "{\"item\":\"tea\",\"quantity\":2}", 0);
    assertThat(answerTo(1).getPayload().toStringUtf8()).contains("\"id\":1", "\"item\":\"tea\"");
    call(2, "orders", "get", "{\"id\":1}", 0);
    assertThat(answerTo(2).getStatus()).isEqualTo(Status.OK);
    call(3, "orders", "create", "nonsense", 0);
    assertThat(answerTo(3).getStatus()).isEqualTo(Status.INVALID_ARGUMENT);

    EmbeddedClient bob = engine.welcomed("bob", "d1");
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
    return uplink.call(UplinkCaller.operator("op"), call, false).get(10, TimeUnit.SECONDS);
  }

  @Test
  void callFromWithinTheNode_goesTheSameWay() throws Exception {
    Duration second = Duration.ofSeconds(10);
    assertThat(called(outgoing("echo", "echo", second)).text()).isEqualTo("hi");
    assertThat(called(outgoing("nope", "x", second)).status()).isEqualTo(Status.NOT_FOUND);
    assertThat(called(outgoing("slow", "fail", second)).status()).isEqualTo(Status.INTERNAL);
    assertThat(called(outgoing("slow", "wait", Duration.ofMillis(50))).status())
        .isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(uplink.offers("slow")).isTrue();
    assertThat(uplink.offers("nope")).isFalse();
  }

  @Test
  void callsFromWithinTheNode_areBusy_whenTheServiceIs() throws Exception {
    List<CompletableFuture<CallResult>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(
          uplink.call(
              UplinkCaller.operator("op"),
              outgoing("slow", "wait", Duration.ofSeconds(10)),
              false));
    }
    assertThat(calls.get(2).get(10, TimeUnit.SECONDS).status()).isEqualTo(Status.BUSY);
    release.countDown();
    assertThat(calls.get(0).get(10, TimeUnit.SECONDS).ok()).isTrue();
    assertThat(calls.get(1).get(10, TimeUnit.SECONDS).ok()).isTrue();
  }

  @Test
  void oneWayCallFromWithinTheNode_endsAtOnce() throws Exception {
    var call =
        uplink.call(
            UplinkCaller.operator("op"), outgoing("slow", "wait", Duration.ofSeconds(10)), true);

    assertThat(call.isDone()).isTrue();
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
