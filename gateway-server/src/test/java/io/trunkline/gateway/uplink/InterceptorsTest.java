package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netty.util.HashedWheelTimer;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two interceptors, and every way in which a call can end. */
class InterceptorsTest {
  private static final int MAX_OUTSTANDING = 4;

  private final HashedWheelTimer timer = new HashedWheelTimer(5, TimeUnit.MILLISECONDS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch entered = new CountDownLatch(1);
  private final EngineHarness engine = new EngineHarness();
  private final EmbeddedClient client = engine.welcomed("alice", "d1");

  private final Recorder first = new Recorder("first");
  private final Recorder second = new Recorder("second");
  private final List<String> told = new ArrayList<>();
  private final List<Response> answers = new ArrayList<>();

  /** Notes what it sees, and does what a test sets. */
  private final class Recorder implements UplinkInterceptor {
    private final String name;
    private java.util.function.UnaryOperator<UplinkCall> change = call -> call;
    private java.util.Optional<CallResult> answer = java.util.Optional.empty();
    private Runnable whenOver = () -> {};

    Recorder(String name) {
      this.name = name;
    }

    @Override
    public Decision before(UplinkCall call) {
      told.add(name + " before " + call.service());
      return answer.map(Decision::answer).orElseGet(() -> Decision.pass(change.apply(call)));
    }

    @Override
    public void after(UplinkCall call, CallResult outcome, Duration took) {
      assertThat(took).isGreaterThanOrEqualTo(Duration.ZERO);
      told.add(name + " after " + call.service() + " " + outcome.status());
      whenOver.run();
    }
  }

  InterceptorsTest() {
    var config = new UplinkConfig(Duration.ofSeconds(10), Duration.ofSeconds(60), 1, 1);
    List<UplinkService> services =
        List.of(
            new UplinkService(
                "quick",
                false,
                Map.of(
                    "header",
                    call -> CallResult.json(call.headers().getOrDefault("shop", "none")),
                    "payload",
                    call -> CallResult.ok(call.payload(), call.contentType()),
                    "break",
                    call -> {
                      throw new NoSuchMethodError("on purpose");
                    })),
            new UplinkService("slow", true, Map.of("wait", this::waitForRelease)));
    engine.serve(
        new Uplink(
            config,
            Routes.inProcess(config, services, threads),
            (delay, task) ->
                timer.newTimeout(timeout -> task.run(), delay, TimeUnit.NANOSECONDS)::cancel,
            MAX_OUTSTANDING,
            List.of(first, second)));
  }

  private CallResult waitForRelease(UplinkCall call) throws InterruptedException {
    entered.countDown();
    release.await();
    return CallResult.json("1");
  }

  @AfterEach
  void stop() {
    release.countDown();
    client.finish();
    threads.shutdownNow();
    timer.stop();
  }

  private static Request.Builder request(long seq, String service, String method) {
    return Request.newBuilder()
        .setSeq(seq)
        .setService(service)
        .setMethod(method)
        .putHeaders("shop", "7");
  }

  private void send(Request.Builder request) {
    client.send(Frame.newBuilder().setRequest(request).build());
  }

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

  private List<String> toldAfter(String service) {
    return told.stream().filter(line -> line.contains("after " + service)).toList();
  }

  private static List<String> bothAfter(String service, Status... outcomes) {
    return Arrays.stream(outcomes)
        .flatMap(
            outcome ->
                java.util.stream.Stream.of(
                    "second after " + service + " " + outcome,
                    "first after " + service + " " + outcome))
        .toList();
  }

  @Test
  void several_areAskedInOrder_andToldInTheOppositeOrder() {
    send(request(1, "quick", "header"));

    assertThat(answerTo(1).getPayload().toStringUtf8()).isEqualTo("7");
    assertThat(told)
        .containsExactly(
            "first before quick",
            "second before quick",
            "second after quick OK",
            "first after quick OK");
  }

  @Test
  void changedCall_isWhatTheNextAndTheServiceSee() {
    first.change = call -> call.withHeaders(Map.of("shop", "8"));
    second.change =
        call ->
            call.withPayload(
                ByteString.copyFromUtf8("shop " + call.headers().get("shop")), "text/plain");

    send(request(1, "quick", "header"));
    send(request(2, "quick", "payload"));

    assertThat(answerTo(1).getPayload().toStringUtf8()).isEqualTo("8");
    assertThat(answerTo(2).getPayload().toStringUtf8()).isEqualTo("shop 8");
    assertThat(answerTo(2).getContentType()).isEqualTo("text/plain");
  }

  @Test
  void refusedCall_isSeenByNobodyFurther_butItsRefuserIsToldToo() {
    first.answer =
        java.util.Optional.of(CallResult.failed(Status.PERMISSION_DENIED, "not your shop"));

    send(request(1, "quick", "break"));

    assertThat(answerTo(1).getStatus()).isEqualTo(Status.PERMISSION_DENIED);
    assertThat(answerTo(1).getMessage()).isEqualTo("not your shop");
    assertThat(told).containsExactly("first before quick", "first after quick PERMISSION_DENIED");
  }

  @Test
  void interceptorThatThrows_endsTheCallInternal_andTellsTheCallerNothingElse() {
    second.change =
        call -> {
          throw new NoClassDefFoundError("a secret of the extension");
        };

    send(request(1, "quick", "header"));

    assertThat(answerTo(1).getStatus()).isEqualTo(Status.INTERNAL);
    assertThat(answerTo(1).getMessage()).doesNotContain("secret");
    assertThat(toldAfter("quick")).isEqualTo(bothAfter("quick", Status.INTERNAL));
  }

  @Test
  void callWhoseServiceOrCallerWasChanged_isInternal() {
    first.change =
        call ->
            new UplinkCall(
                UplinkCaller.operator("root"),
                call.service(),
                call.method(),
                call.payload(),
                call.contentType(),
                call.headers(),
                call.deadlineNanos());
    send(request(1, "quick", "header"));
    assertThat(answerTo(1).getStatus()).isEqualTo(Status.INTERNAL);

    first.change =
        call ->
            new UplinkCall(
                call.caller(),
                "slow",
                "wait",
                call.payload(),
                call.contentType(),
                call.headers(),
                call.deadlineNanos());
    send(request(2, "quick", "header"));
    assertThat(answerTo(2).getStatus()).isEqualTo(Status.INTERNAL);
  }

  @Test
  void interceptorThatThrowsAfterwards_changesNothing() {
    second.whenOver =
        () -> {
          throw new IllegalStateException("on purpose");
        };

    send(request(1, "quick", "header"));

    assertThat(answerTo(1).getStatus()).isEqualTo(Status.OK);
    assertThat(toldAfter("quick")).isEqualTo(bothAfter("quick", Status.OK));
  }

  @Test
  void unknownServiceAndBrokenService_areSeenWithTheirOutcome() {
    send(request(1, "nope", "x"));
    send(request(2, "quick", "break"));

    assertThat(answerTo(1).getStatus()).isEqualTo(Status.NOT_FOUND);
    assertThat(answerTo(2).getStatus()).isEqualTo(Status.INTERNAL);
    assertThat(toldAfter("nope")).isEqualTo(bothAfter("nope", Status.NOT_FOUND));
    assertThat(toldAfter("quick")).isEqualTo(bothAfter("quick", Status.INTERNAL));
  }

  @Test
  void oneWayCall_isSeenOnce_withTheOutcomeThatNobodyIsTold() {
    send(request(0, "quick", "header").setOneWay(true));
    send(request(0, "nope", "x").setOneWay(true));

    assertThat(client.received()).isEmpty();
    assertThat(toldAfter("quick")).isEqualTo(bothAfter("quick", Status.OK));
    assertThat(toldAfter("nope")).isEqualTo(bothAfter("nope", Status.NOT_FOUND));
  }

  @Test
  void busyAndLate_areSeenOnceEach() throws InterruptedException {
    send(request(1, "slow", "wait").setDeadlineMs(1_000)); // runs
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    send(request(2, "slow", "wait").setDeadlineMs(1_000)); // waits
    send(request(3, "slow", "wait")); // too much

    assertThat(answerTo(3).getStatus()).isEqualTo(Status.BUSY);
    assertThat(answerTo(1).getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(answerTo(2).getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(toldAfter("slow"))
        .isEqualTo(
            bothAfter("slow", Status.BUSY, Status.DEADLINE_EXCEEDED, Status.DEADLINE_EXCEEDED));
  }

  @Test
  void endOfTheSession_isSeenOncePerCall() throws InterruptedException {
    send(request(1, "slow", "wait"));
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    send(request(2, "slow", "wait").setOneWay(true));

    client.disconnect();
    release.countDown(); // what the service answers now comes too late

    assertThat(toldAfter("slow")).isEqualTo(bothAfter("slow", Status.CANCELLED, Status.CANCELLED));
  }
}
