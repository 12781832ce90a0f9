package io.trunkline.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedExecutorTest {
  private final Deque<Runnable> threads = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();

  private Runnable task(String name) {
    return () -> ran.add(name);
  }

  private void runThreads() {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }

  @Test
  void moreThanMayRunAndWait_isRefused_andNeverRuns() {
    var bounded = new BoundedExecutor(threads::add, 1, 1);

    assertThat(bounded.offer(task("a"))).isTrue();
    assertThat(bounded.offer(task("b"))).isTrue();
    assertThat(bounded.offer(task("c"))).isFalse();
    assertThat(bounded.running()).isEqualTo(1);
    assertThat(bounded.queued()).isEqualTo(1);

    runThreads();
    assertThat(ran).containsExactly("a", "b");
    assertThat(bounded.running()).isZero();
    assertThat(bounded.offer(task("d"))).isTrue();
  }

  @Test
  void withdrawn_givesItsPlaceToAnother() {
    var bounded = new BoundedExecutor(threads::add, 1, 1);
    Runnable late = task("late");
    bounded.offer(task("a"));
    bounded.offer(late);

    bounded.withdraw(late);

    assertThat(bounded.offer(task("b"))).isTrue();
    runThreads();
    assertThat(ran).containsExactly("a", "b");
  }

  @Test
  void boundsRaised_startWhatWaits() {
    var bounded = new BoundedExecutor(threads::add, 1, 5);
    bounded.offer(task("a"));
    bounded.offer(task("b"));
    bounded.offer(task("c"));
    assertThat(threads).hasSize(1);

    bounded.bounds(2, 5);

    assertThat(threads).hasSize(2);
    assertThat(bounded.running()).isEqualTo(2);
    runThreads();
    assertThat(ran).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void boundsLowered_takeEffectAsTasksEnd_andNoneIsForgotten() {
    var bounded = new BoundedExecutor(threads::add, 3, 5);
    for (String name : List.of("a", "b", "c", "d", "e")) {
      bounded.offer(task(name));
    }

    bounded.bounds(1, 0);

    assertThat(bounded.offer(task("f"))).isFalse();
    runThreads();
    assertThat(ran).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
    assertThat(bounded.running()).isZero();
  }
}
