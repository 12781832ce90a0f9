package io.trunkline.console;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message again and again until nothing more can come: often while something happens, and
 * less and less often while nothing does, for windows stay open over night. Thread-safe.
 */
final class MessageWatch {
  static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  private final Background background;
  private final Function<String, MessageReport> lookup;
  private final Consumer<MessageReport> changed;
  private @Nullable Turn current;

  /** One id, from being asked for until another is. */
  private static final class Turn {
    private final String id;
    private @Nullable MessageReport last;
    private Duration pause = FIRST_PAUSE;

    Turn(String id) {
      this.id = id;
    }
  }

  /**
   * Watches nothing yet.
   *
   * @param changed called on a virtual thread with the first report and each that differs
   */
  MessageWatch(
      Background background,
      Function<String, MessageReport> lookup,
      Consumer<MessageReport> changed) {
    this.background = background;
    this.lookup = lookup;
    this.changed = changed;
  }

  /** From now on this one, read at once. */
  synchronized void follow(String id) {
    var turn = new Turn(id);
    current = turn;
    background.execute(() -> look(turn));
  }

  /** No report is handed out after this, but perhaps one that is under way. */
  synchronized void close() {
    current = null;
  }

  private synchronized boolean isCurrent(Turn turn) {
    return current == turn;
  }

  private void look(Turn turn) {
    if (!isCurrent(turn)) {
      return;
    }
    MessageReport report = lookup.apply(turn.id);
    if (!isCurrent(turn)) {
      return;
    }
    if (report.equals(turn.last)) {
      Duration twice = turn.pause.multipliedBy(2);
      turn.pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    } else {
      turn.last = report;
      turn.pause = FIRST_PAUSE;
      changed.accept(report);
    }
    if (!report.isFinal()) {
      background.after(turn.pause, () -> look(turn));
    }
  }
}
