package io.trunkline.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoalescerTest {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final Background background = new Background();
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void stop() {
    background.close();
  }

  @Test
  void signal_thousandTimes_runsOncePerInterval() {
    var coalescer = new Coalescer(background, INTERVAL, runs::incrementAndGet);
    long begin = System.nanoTime();

    for (int i = 0; i < 1_000; i++) {
      coalescer.signal();
    }
    await().untilAsserted(() -> assertThat(runs.get()).isPositive());

    long intervals = (System.nanoTime() - begin) / INTERVAL.toNanos();
    assertThat(runs.get()).isLessThanOrEqualTo(Math.toIntExact(intervals));
  }

  @Test
  void signal_whileRunning_runsOnceMoreAndNeverTwiceAtATime() throws InterruptedException {
    var inRun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var atATime = new AtomicInteger();
    var most = new AtomicInteger();
    var coalescer =
        new Coalescer(
            background,
            Duration.ofMillis(1),
            () -> {
              most.accumulateAndGet(atATime.incrementAndGet(), Math::max);
              runs.incrementAndGet();
              inRun.countDown();
              awaitQuietly(goOn);
              atATime.decrementAndGet();
            });
    coalescer.signal();
    assertThat(inRun.await(60, TimeUnit.SECONDS)).isTrue();

    coalescer.signal();
    coalescer.signal();
    goOn.countDown();

    await().untilAsserted(() -> assertThat(runs).hasValue(2));
    await().during(INTERVAL).untilAsserted(() -> assertThat(runs).hasValue(2));
    assertThat(most).hasValue(1);
  }

  @Test
  void signal_afterAFailedRun_runsAgain() {
    var coalescer =
        new Coalescer(
            background,
            Duration.ofMillis(1),
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("the first run fails, as the test wants it");
              }
            });
    coalescer.signal();
    // Awaitility would take the failure on the other thread for the test's own.
    await().dontCatchUncaughtExceptions().untilAsserted(() -> assertThat(runs).hasValue(1));

    await()
        .dontCatchUncaughtExceptions()
        .untilAsserted(
            () -> {
              coalescer.signal();
              assertThat(runs.get()).isGreaterThan(1);
            });
  }

  @Test
  void close_dropsWhatWaits() {
    var coalescer = new Coalescer(background, INTERVAL, runs::incrementAndGet);
    coalescer.signal();

    coalescer.close();
    coalescer.signal();

    await().during(INTERVAL.multipliedBy(3)).untilAsserted(() -> assertThat(runs).hasValue(0));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
