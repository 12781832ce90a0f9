package io.trunkline.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class JournalRecordTest {
  private final UUID id = UUID.randomUUID();

  private JournalRecord start(int epoch) {
    return JournalRecord.of(Samples.start(id, epoch, "alice", "node-1"));
  }

  private JournalRecord end(int epoch) {
    return JournalRecord.of(Samples.end(id, epoch));
  }

  @Test
  void merge_endWithItsStart_keepsBoth() {
    JournalRecord merged = start(1).merge(end(1));

    assertThat(merged.start()).isEqualTo(start(1).start());
    assertThat(merged.end()).isEqualTo(end(1).end());
  }

  @Test
  void merge_startOfHigherEpoch_replacesTheEarlierOne() {
    assertThat(start(1).merge(start(2))).isEqualTo(start(2));
    assertThat(start(2).merge(start(1))).isEqualTo(start(2));
  }

  @Test
  void merge_endOfLowerEpoch_isFenced() {
    assertThat(start(2).merge(end(1))).isEqualTo(start(2));
    assertThat(end(1).merge(start(2))).isEqualTo(start(2));
  }

  @Test
  void merge_secondEnd_isIgnored() {
    SessionEnd first = Samples.end(id, 1);
    SessionEnd second =
        new SessionEnd(
            id, 1, "alice", "d1", first.endedAt().plusSeconds(1), 1, "X", "", first.traffic());

    assertThat(JournalRecord.of(first).merge(JournalRecord.of(second)))
        .isEqualTo(JournalRecord.of(first));
  }
}
