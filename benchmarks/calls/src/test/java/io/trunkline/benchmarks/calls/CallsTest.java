package io.trunkline.benchmarks.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class CallsTest {
  private static final class Sent {
    private final byte[] payload;
    private final Peer.Answer answer;

    Sent(byte[] payload, Peer.Answer answer) {
      this.payload = payload;
      this.answer = answer;
    }
  }

  private final Queue<Sent> sent = new ArrayDeque<>();
  private final Calls calls = new Calls();

  private void begin(int outstanding) {
    calls.begin((payload, answer) -> sent.add(new Sent(payload, answer)), outstanding, 128);
  }

  private void answerNext() {
    Sent next = sent.remove();
    next.answer.answered(next.payload.clone());
  }

  @Test
  void begin_callsSoManyAtOnce_eachWithItsOwnPayload() {
    begin(3);

    assertThat(sent).hasSize(3);
    assertThat(sent).extracting(call -> call.payload).doesNotHaveDuplicates();
    assertThat(calls.unanswered()).isEqualTo(3);
  }

  @Test
  void answered_callsAgain_andCountsOnlyWhileRecording() {
    begin(2);
    answerNext();
    calls.record(true);
    answerNext();
    answerNext();
    calls.record(false);
    answerNext();

    assertThat(sent).hasSize(2);
    assertThat(calls.unanswered()).isZero();
    assertThat(calls.latencies().getTotalCount()).isEqualTo(2);
    assertThat(calls.failure()).isNull();
  }

  @Test
  void answered_withAnotherPayload_isAFailure() {
    begin(1);
    Sent call = sent.remove();
    byte[] other = call.payload.clone();
    other[127]++;
    call.answer.answered(other);

    assertThat(calls.failure()).hasMessageContaining("another payload");
    assertThat(sent).isEmpty();
  }

  @Test
  void aCallThatThrows_isAFailure() {
    calls.begin(
        (payload, answer) -> {
          throw new IllegalStateException("closed");
        },
        1,
        128);

    assertThat(calls.failure()).hasMessage("closed");
    assertThat(calls.unanswered()).isEqualTo(1);
  }

  @Test
  void end_letsNoCallBeMadeAgain() {
    begin(2);
    calls.end();
    answerNext();

    assertThat(sent).hasSize(1);
    assertThat(calls.underWay()).isEqualTo(1);
  }
}
