package io.trunkline.systemtest.books;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a client told its program. */
sealed interface Sight {

  /** A message's place; the stream is empty where it is not stored. */
  record Place(String stream, long epoch, long offset) {}

  /**
   * One life of the program.
   *
   * @param crashed whether it ended without a word, and without saving
   */
  record Life(int number, AtomicBoolean crashed) {
    Life(int number) {
      this(number, new AtomicBoolean());
    }
  }

  /** A message as the client gave it to the program. */
  record Shown(String messageId, Place place, Life life, Taking taking) implements Sight {}

  /** Up to here something is missing for good. */
  record Gap(Place place) implements Sight {}

  /** What the program did with a message. Thread-safe. */
  final class Taking {
    private volatile @Nullable String answer;
    private volatile boolean over;

    /** Before the client is told; empty: an acknowledgement, else a reply. */
    void answers(String text) {
      answer = text;
    }

    @Nullable String answer() {
      return answer;
    }

    /** By a client that was not ended by then. */
    void takenOver() {
      over = true;
    }

    boolean isTakenOver() {
      return over;
    }

    @Override
    public String toString() {
      return (over ? "taken over" : "not taken over") + ", answer " + answer;
    }
  }
}
