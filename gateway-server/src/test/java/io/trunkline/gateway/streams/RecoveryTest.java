package io.trunkline.gateway.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.StreamHead;
import io.trunkline.protocol.v1.StreamPosition;
import org.junit.jupiter.api.Test;

class RecoveryTest {
  private static final long EPOCH = 1_795_000_000;

  @Test
  void databaseAway_clientGoesOnWhereItWas() {
    assertThat(away(StreamHead.EMPTY, at(EPOCH, 7))).isEqualTo(new Recovery(true, true, 7));
    assertThat(away(new StreamHead(EPOCH, 9, 0), at(EPOCH, 7)))
        .isEqualTo(new Recovery(true, true, 7));
  }

  @Test
  void databaseAway_nodeThatFellBehind_doesNotDoubtTheClient() {
    assertThat(away(new StreamHead(EPOCH, 5, 0), at(EPOCH, 7)))
        .isEqualTo(new Recovery(true, true, 7));
  }

  @Test
  void databaseAway_clientThatHasNothingYet_missesNothing() {
    assertThat(away(StreamHead.EMPTY, at(0, 0))).isEqualTo(new Recovery(true, true, 0));
  }

  @Test
  void databaseAway_anotherHistoryThanTheNodes_isNotRecovered() {
    assertThat(away(new StreamHead(EPOCH, 5, 0), at(EPOCH - 1, 3)))
        .isEqualTo(new Recovery(false, false, 0));
  }

  private static Recovery away(StreamHead here, StreamPosition position) {
    return Recovery.of(Recovery.believed(here, position), position);
  }

  private static StreamPosition at(long epoch, long offset) {
    return StreamPosition.newBuilder().setEpoch(epoch).setOffset(offset).build();
  }
}
