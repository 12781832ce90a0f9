package io.trunkline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DeadlineWheelTest {
  private static final class Timed extends DeadlineWheel.Entry {
    private long deadline;

    Timed(long deadline) {
      this.deadline = deadline;
    }

    @Override
    long deadlineTick() {
      return deadline;
    }
  }

  private final DeadlineWheel wheel = new DeadlineWheel();
  private final List<DeadlineWheel.Entry> reached = new ArrayList<>();

  private void advance(int ticks) {
    for (int i = 0; i < ticks; i++) {
      wheel.advance(reached::add);
    }
  }

  @Test
  void entry_isReachedAtItsDeadline_once() {
    var entry = new Timed(3);
    wheel.place(entry);
    advance(2);
    assertThat(reached).isEmpty();
    advance(1);
    assertThat(reached).containsExactly(entry);
    advance(1_000);
    assertThat(reached).containsExactly(entry);
  }

  @Test
  void deadline_thatMovesMeanwhile_isFollowedWithoutPlacingAgain() {
    var entry = new Timed(3);
    wheel.place(entry);
    advance(2);
    entry.deadline = 10;
    advance(7);
    assertThat(reached).isEmpty();
    advance(1);
    assertThat(reached).containsExactly(entry);
  }

  @Test
  void deadline_beyondOneTurn_isReached() {
    var entry = new Timed(1_000);
    wheel.place(entry);
    advance(999);
    assertThat(reached).isEmpty();
    advance(1);
    assertThat(reached).containsExactly(entry);
  }

  @Test
  void entriesClosedWhileABucketIsEmptied_areNotReached() {
    var second = new Timed(5);
    var first = new Timed(5);
    wheel.place(second);
    wheel.place(first); // stands before second
    for (int i = 0; i < 10; i++) {
      wheel.advance(
          entry -> {
            reached.add(entry);
            wheel.remove(entry == first ? second : first);
          });
    }
    assertThat(reached).containsExactly(first);
  }

  /** Random placing, moving and removing, against a sorted map. */
  @Test
  void wheel_agreesWithASortedMap() {
    var random = new Random(7);
    List<Timed> entries = new ArrayList<>();
    TreeMap<Integer, Long> model = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      entries.add(new Timed(0));
    }
    for (long tick = 1; tick <= 3_000; tick++) {
      for (int change = 0; change < 5; change++) {
        int i = random.nextInt(entries.size());
        if (random.nextInt(4) == 0) {
          wheel.remove(entries.get(i));
          model.remove(i);
        } else {
          entries.get(i).deadline = wheel.tick() + 1 + random.nextInt(600);
          wheel.place(entries.get(i));
          model.put(i, entries.get(i).deadline);
        }
      }
      reached.clear();
      advance(1);
      List<Timed> expected = new ArrayList<>();
      for (var due : List.copyOf(model.entrySet())) {
        if (due.getValue() <= tick) {
          expected.add(entries.get(due.getKey()));
          model.remove(due.getKey());
        }
      }
      assertThat(reached).as("seed 7, tick %d", tick).containsExactlyInAnyOrderElementsOf(expected);
    }
  }
}
