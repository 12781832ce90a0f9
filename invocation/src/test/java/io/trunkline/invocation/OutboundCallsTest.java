package io.trunkline.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OutboundCallsTest {
  private static final long SECOND = 1_000_000_000L;

  private final List<Request> sent = new ArrayList<>();
  private boolean open = true;
  private boolean writable = true;
  private final OutboundCalls calls = new OutboundCalls(new Line(), 2);

  private final class Line implements OutboundCalls.Line {
    @Override
    public boolean open() {
      return open;
    }

    @Override
    public boolean writable() {
      return writable;
    }

    @Override
    public boolean send(Frame frame) {
      return sent.add(frame.getRequest());
    }

    @Override
    public String peer() {
      return "the other";
    }
  }

  private static OutgoingCall outgoing(String text) {
    return new OutgoingCall(
        "s", "m", ByteString.copyFromUtf8(text), "", Map.of("a", "b"), Duration.ofSeconds(1));
  }

  private CompletableFuture<CallResult> call(String text, long deadlineNanos) {
    var outcome = new CompletableFuture<CallResult>();
    calls.call(outgoing(text), deadlineNanos, outcome);
    return outcome;
  }

  private CompletableFuture<CallResult> call(String text) {
    return call(text, System.nanoTime() + SECOND);
  }

  private static Response answer(Request to, Status status) {
    return Response.newBuilder().setSeq(to.getSeq()).setStatus(status).build();
  }

  @Test
  void answers_findTheirCalls_inWhateverOrder() {
    var first = call("1");
    var second = call("2");
    assertThat(sent).extracting(Request::getSeq).doesNotHaveDuplicates().doesNotContain(0L);
    assertThat(sent.get(0).getHeadersMap()).containsEntry("a", "b");
    assertThat(sent.get(0).getDeadlineMs()).isBetween(1, 1_000);

    calls.answered(answer(sent.get(1), Status.CONFLICT));
    calls.answered(answer(sent.get(0), Status.OK));

    assertThat(first.join().status()).isEqualTo(Status.OK);
    assertThat(second.join().status()).isEqualTo(Status.CONFLICT);
    assertThat(calls.outstanding()).isZero();
  }

  @Test
  void answerTwice_orToNobody_changesNothing() {
    var only = call("1");
    calls.answered(answer(sent.get(0), Status.OK));
    calls.answered(answer(sent.get(0), Status.INTERNAL));
    calls.answered(Response.newBuilder().setSeq(99).build());
    assertThat(only.join().status()).isEqualTo(Status.OK);
  }

  @Test
  void moreThanMayBeOutstanding_isBusy_andNotSent() {
    call("1");
    call("2");
    assertThat(call("3").join().status()).isEqualTo(Status.BUSY);
    assertThat(sent).hasSize(2);
    calls.answered(answer(sent.get(0), Status.OK));
    assertThat(call("4")).isNotDone();
  }

  @Test
  void peersLimit_countsWhereItIsLower() {
    calls.limit(1, Integer.MAX_VALUE);
    call("1");
    assertThat(call("2").join().status()).isEqualTo(Status.BUSY);
    calls.limit(100, Integer.MAX_VALUE);
    assertThat(call("3").join().status()).isEqualTo(Status.BUSY);
  }

  @Test
  void tooLarge_isNotSent() {
    calls.limit(10, 64);
    var outcome = call("x".repeat(100)).join();
    assertThat(outcome.status()).isEqualTo(Status.TOO_LARGE);
    assertThat(outcome.message()).contains("the other").contains("64");
    assertThat(calls.callOneWay(outgoing("x".repeat(100))).status()).isEqualTo(Status.TOO_LARGE);
    assertThat(sent).isEmpty();
  }

  @Test
  void closedOrFullConnection_isToldAtOnce() {
    writable = false;
    assertThat(call("1").join().status()).isEqualTo(Status.BUSY);
    assertThat(calls.callOneWay(outgoing("1")).status()).isEqualTo(Status.BUSY);
    open = false;
    assertThat(call("1").join().status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(calls.callOneWay(outgoing("1")).status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(sent).isEmpty();
  }

  @Test
  void expire_endsThoseThatAreLate_andLateAnswersAreDropped() {
    long now = System.nanoTime();
    var early = call("1", now + SECOND);
    var late = call("2", now + 5 * SECOND);
    calls.expire(now + SECOND / 2);
    assertThat(early).isNotDone();
    calls.expire(now + 2 * SECOND);
    assertThat(early.join().status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(late).isNotDone();
    calls.answered(answer(sent.get(0), Status.OK));
    calls.expire(now + 6 * SECOND);
    assertThat(late.join().status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(calls.outstanding()).isZero();
  }

  @Test
  void noTimeLeft_isNotSent() {
    assertThat(call("1", System.nanoTime() - 1).join().status())
        .isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(sent).isEmpty();
  }

  @Test
  void cancelAll_endsEach_alsoWhenADependentCallsAgain() {
    var again = new CompletableFuture<CallResult>();
    var first = call("1").thenAccept(end -> call("2").thenAccept(again::complete));
    calls.cancelAll("gone");
    assertThat(first).isDone();
    assertThat(sent).hasSize(2);
    calls.answered(answer(sent.get(1), Status.OK));
    assertThat(again.join().status()).isEqualTo(Status.OK);
  }

  @Test
  void oneWay_waitsForNothing() {
    assertThat(calls.callOneWay(outgoing("1")).ok()).isTrue();
    assertThat(sent.get(0).getOneWay()).isTrue();
    assertThat(calls.outstanding()).isZero();
  }

  @Test
  void permits_boundCallsFromTheMomentTheyAreAskedFor() {
    var permits = new Permits(1, "calls");
    var first = permits.within(new CompletableFuture<>(), outcome -> outcome);
    var second =
        permits.within(
            new CompletableFuture<>(),
            outcome -> {
              throw new AssertionError("not to be started");
            });
    assertThat(second.join().status()).isEqualTo(Status.BUSY);
    first.complete(CallResult.json(""));
    assertThat(permits.taken()).isZero();
    assertThat(permits.within(new CompletableFuture<>(), outcome -> outcome)).isNotDone();
  }

  @Test
  void result_overTheWire_isTheSame() {
    var failed =
        CallResult.failed(Status.RATE_LIMITED, "slow down", Duration.ofMillis(250))
            .withHeaders(Map.of("k", "v"));
    assertThat(CallResult.of(failed.toResponse(7))).isEqualTo(failed);
    var ok = CallResult.json("{}");
    assertThat(CallResult.of(ok.toResponse(8))).isEqualTo(ok);
    assertThat(ok.toResponse(8).getSeq()).isEqualTo(8);
  }
}
