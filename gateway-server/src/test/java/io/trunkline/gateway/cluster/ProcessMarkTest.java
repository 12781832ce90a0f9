package io.trunkline.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessMarkTest {
  @Test
  void own_isNotOver() {
    assertThat(ProcessMark.own()).isNotEmpty();
    assertThat(ProcessMark.hasEnded(ProcessMark.own())).isFalse();
  }

  @Test
  void processOfTheSameIdThatStartedAtAnotherTime_isOver() {
    assertThat(ProcessMark.hasEnded(ProcessMark.own().replaceAll(" [0-9]+$", " 1000"))).isTrue();
  }

  @Test
  void killedProcess_isOver_alsoBeforeItIsBuried() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    String mark =
        ProcessMark.own()
            .replaceAll(
                " [0-9]+ [0-9]+$",
                " "
                    + process.pid()
                    + " "
                    + process.info().startInstant().orElseThrow().toEpochMilli());
    assertThat(ProcessMark.hasEnded(mark)).isFalse();

    process.destroyForcibly().waitFor();

    assertThat(ProcessMark.hasEnded(mark)).isTrue();
  }

  @Test
  void processElsewhere_isNotKnown() {
    assertThat(ProcessMark.hasEnded("")).isFalse();
    assertThat(ProcessMark.hasEnded("another-boot pid:[1] 7 1000")).isFalse();
  }
}
