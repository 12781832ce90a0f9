package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two interceptors, and every way in which a call can end. */
class InterceptorsTest {
  private final List<String> told = new ArrayList<>();
  private final Recorder first = new Recorder("first");
  private final Recorder second = new Recorder("second");
  private final UplinkHarness node =
      new UplinkHarness(/* maxOutstanding= */ 4, List.of(quick()), first, second);

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

  private static UplinkService quick() {
    return new UplinkService(
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
            }));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static Request.Builder request(long seq, String service, String method) {
    return Request.newBuilder()
        .setSeq(seq)
        .setService(service)
        .setMethod(method)
        .putHeaders("shop", "7");
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
    node.send(request(1, "quick", "header"));

    assertThat(node.answerTo(1).getPayload().toStringUtf8()).isEqualTo("7");
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

    node.send(request(1, "quick", "header"));
    node.send(request(2, "quick", "payload"));

    assertThat(node.answerTo(1).getPayload().toStringUtf8()).isEqualTo("8");
    assertThat(node.answerTo(2).getPayload().toStringUtf8()).isEqualTo("shop 8");
    assertThat(node.answerTo(2).getContentType()).isEqualTo("text/plain");
  }

  @Test
  void refusedCall_isSeenByNobodyFurther_butItsRefuserIsToldToo() {
    first.answer =
        java.util.Optional.of(CallResult.failed(Status.PERMISSION_DENIED, "not your shop"));

    node.send(request(1, "quick", "break"));

    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.PERMISSION_DENIED);
    assertThat(node.answerTo(1).getMessage()).isEqualTo("not your shop");
    assertThat(told).containsExactly("first before quick", "first after quick PERMISSION_DENIED");
  }

  @Test
  void interceptorThatThrows_endsTheCallInternal_andTellsTheCallerNothingElse() {
    second.change =
        call -> {
          throw new NoClassDefFoundError("a secret of the extension");
        };

    node.send(request(1, "quick", "header"));

    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.INTERNAL);
    assertThat(node.answerTo(1).getMessage()).doesNotContain("secret");
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
    node.send(request(1, "quick", "header"));
    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.INTERNAL);

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
    node.send(request(2, "quick", "header"));
    assertThat(node.answerTo(2).getStatus()).isEqualTo(Status.INTERNAL);
  }

  @Test
  void interceptorThatThrowsAfterwards_changesNothing() {
    second.whenOver =
        () -> {
          throw new IllegalStateException("on purpose");
        };

    node.send(request(1, "quick", "header"));

    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.OK);
    assertThat(toldAfter("quick")).isEqualTo(bothAfter("quick", Status.OK));
  }

  @Test
  void unknownServiceAndBrokenService_areSeenWithTheirOutcome() {
    node.send(request(1, "nope", "x"));
    node.send(request(2, "quick", "break"));

    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.NOT_FOUND);
    assertThat(node.answerTo(2).getStatus()).isEqualTo(Status.INTERNAL);
    assertThat(toldAfter("nope")).isEqualTo(bothAfter("nope", Status.NOT_FOUND));
    assertThat(toldAfter("quick")).isEqualTo(bothAfter("quick", Status.INTERNAL));
  }

  @Test
  void oneWayCall_isSeenOnce_withTheOutcomeThatNobodyIsTold() {
    node.send(request(0, "quick", "header").setOneWay(true));
    node.send(request(0, "nope", "x").setOneWay(true));

    assertThat(node.client.received()).isEmpty();
    assertThat(toldAfter("quick")).isEqualTo(bothAfter("quick", Status.OK));
    assertThat(toldAfter("nope")).isEqualTo(bothAfter("nope", Status.NOT_FOUND));
  }

  @Test
  void busyAndLate_areSeenOnceEach() throws InterruptedException {
    node.send(request(1, "slow", "wait").setDeadlineMs(1_000)); // runs
    node.awaitEntered();
    node.send(request(2, "slow", "wait").setDeadlineMs(1_000)); // waits
    node.send(request(3, "slow", "wait")); // too much

    assertThat(node.answerTo(3).getStatus()).isEqualTo(Status.BUSY);
    assertThat(node.answerTo(1).getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(node.answerTo(2).getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(toldAfter("slow"))
        .isEqualTo(
            bothAfter("slow", Status.BUSY, Status.DEADLINE_EXCEEDED, Status.DEADLINE_EXCEEDED));
  }

  @Test
  void endOfTheSession_isSeenOncePerCall() throws InterruptedException {
    node.send(request(1, "slow", "wait"));
    node.awaitEntered();
    node.send(request(2, "slow", "wait").setOneWay(true));

    node.client.disconnect();
    node.release(); // what the service answers now comes too late

    assertThat(toldAfter("slow")).isEqualTo(bothAfter("slow", Status.CANCELLED, Status.CANCELLED));
  }
}
