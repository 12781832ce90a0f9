package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamProgressTest {
  private final StreamProgress progress = new StreamProgress(1, 10);

  @Test
  void heldMessage_thatIsNotSentAgain_holdsThePositionOnTheNextConnection() {
    progress.received(12);
    progress.received(14);
    progress.takenOver(14);

    progress.restart(Set.of(12L));
    progress.received(20);
    progress.takenOver(20);
    assertThat(progress.position()).isEqualTo(11);

    progress.takenOver(12);
    assertThat(progress.position()).isEqualTo(20);
  }

  @Test
  void gap_doesNotPassAMessageThatTheApplicationHas() {
    progress.received(12);

    progress.startsAfter(40);
    assertThat(progress.position()).isEqualTo(11);

    progress.takenOver(12);
    assertThat(progress.position()).isEqualTo(40);
  }

  @Test
  void olderMessageSentAgain_doesNotTakeThePositionBack() {
    progress.received(3);

    assertThat(progress.position()).isEqualTo(10);
    progress.takenOver(3);
    assertThat(progress.position()).isEqualTo(10);
  }

  @Test
  void tooManyOpen_thePositionStandsStillUntilTheNextConnection() {
    for (long offset = 11; offset <= 11 + StreamProgress.MAX_OPEN; offset++) {
      progress.received(offset);
    }
    for (long offset = 11; offset <= 11 + StreamProgress.MAX_OPEN; offset++) {
      progress.takenOver(offset);
    }
    long lastKnown = 10 + StreamProgress.MAX_OPEN;
    assertThat(progress.position()).isEqualTo(lastKnown);

    progress.received(lastKnown + 5);
    assertThat(progress.position()).isEqualTo(lastKnown);
    progress.restart(Set.of());
    progress.received(lastKnown + 1);
    progress.takenOver(lastKnown + 1);
    assertThat(progress.position()).isEqualTo(lastKnown + 1);
  }
}
