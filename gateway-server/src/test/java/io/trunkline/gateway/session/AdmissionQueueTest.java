package io.trunkline.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {
  private static final int RATE = 100;
  private static final long START_NANOS = -12_345_678; // nanoTime may be anything
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final AdmissionQueue queue = new AdmissionQueue(RATE, Duration.ofSeconds(1), START_NANOS);
  private long nowMs;
  private int nextWho;

  private int arrive(int who, boolean returning) {
    return queue.arrive(START_NANOS + nowMs * MILLI, who, returning);
  }

  /** Never seen before. */
  private int newcomer() {
    return arrive(1_000_000 + nextWho++, false);
  }

  /** Clients that come when they are told to, and a little later, until they are in. */
  private static final class Crowd {
    record Coming(long atMs, int who, boolean returning, int attempts) {}

    final PriorityQueue<Coming> coming =
        new PriorityQueue<>((a, b) -> Long.compare(a.atMs(), b.atMs()));
    final List<Coming> in = new ArrayList<>();
    final SplittableRandom random = new SplittableRandom(7);

    void add(int count, int firstWho, long atMs, boolean returning) {
      for (int i = 0; i < count; i++) {
        coming.add(new Coming(atMs, firstWho + i, returning, 1));
      }
    }

    long inBefore(long ms) {
      return in.stream().filter(each -> each.atMs() < ms).count();
    }

    double meanMs(boolean returning) {
      return in.stream()
          .filter(each -> each.returning() == returning)
          .mapToLong(Coming::atMs)
          .average()
          .orElseThrow();
    }
  }

  private void letCome(Crowd crowd) {
    for (var next = crowd.coming.poll(); next != null; next = crowd.coming.poll()) {
      nowMs = next.atMs();
      int waitMs = arrive(next.who(), next.returning());
      if (waitMs == 0) {
        crowd.in.add(next);
      } else {
        crowd.coming.add(
            new Crowd.Coming(
                nowMs + waitMs + crowd.random.nextInt(250),
                next.who(),
                next.returning(),
                next.attempts() + 1));
      }
    }
  }

  @Test
  void upToTheBurst_allComeIn_theNextIsToldWhen() {
    for (int i = 0; i < RATE; i++) {
      assertThat(newcomer()).isZero();
    }
    int waitMs = 0;
    for (int i = 0; i < RATE && waitMs == 0; i++) {
      waitMs = newcomer();
    }
    assertThat(waitMs).isBetween(1, 200);
  }

  @Test
  void storm_isSpreadAtTheRate_andEachClientComesTwice() {
    var crowd = new Crowd();
    crowd.add(3_000, 1, 0, true);
    letCome(crowd);

    assertThat(crowd.in).hasSize(3_000);
    for (int second = 1; second < 30; second++) {
      assertThat(crowd.inBefore(second * 1_000L))
          .as("in after %d s", second)
          .isBetween(RATE * (long) (second - 1), RATE * (long) (second + 2));
    }
    assertThat(crowd.in).allSatisfy(each -> assertThat(each.attempts()).isLessThanOrEqualTo(2));
  }

  @Test
  void stormOfNewClients_leavesAQuarterForThoseThatReturn() {
    var crowd = new Crowd();
    crowd.add(2_000, 1, 0, false);
    crowd.add(200, 10_000, 5, true);
    letCome(crowd);

    assertThat(crowd.in).hasSize(2_200);
    assertThat(crowd.meanMs(true)).isLessThan(8_000);
    assertThat(crowd.meanMs(true)).isLessThan(crowd.meanMs(false) / 1.5);
  }

  @Test
  void bothAtOnce_thoseThatReturnGoFirst_newOnesAreNotShutOut() {
    var crowd = new Crowd();
    for (int i = 0; i < 1_000; i++) {
      crowd.add(1, i, i / 20, true);
      crowd.add(1, 10_000 + i, i / 20, false);
    }
    letCome(crowd);

    assertThat(crowd.in).hasSize(2_000);
    assertThat(crowd.meanMs(true)).isLessThan(crowd.meanMs(false) * 0.75);
    assertThat(crowd.in)
        .filteredOn(each -> !each.returning() && each.atMs() > 1_500 && each.atMs() < 8_000)
        .as("new ones that came in while others returned")
        .hasSizeGreaterThan(100);
  }

  @Test
  void whoComesAtItsTime_isNotShutOutByNewcomers() {
    var crowd = new Crowd();
    crowd.add(1_000, 1, 0, false);
    // Twice as many as there is room for, all the time.
    for (int ms = 50; ms < 20_000; ms += 5) {
      crowd.add(1, 100_000 + ms, ms, false);
    }
    letCome(crowd);

    assertThat(crowd.in)
        .filteredOn(each -> each.who() <= 1_000)
        .hasSize(1_000)
        .allSatisfy(each -> assertThat(each.attempts()).isLessThanOrEqualTo(2));
  }

  @Test
  void whoComesTooEarly_keepsItsPlace() {
    while (newcomer() == 0) {}
    for (int i = 0; i < 300; i++) {
      newcomer();
    }
    int waitMs = arrive(42, false);
    assertThat(waitMs).isGreaterThan(2_000);
    for (int i = 0; i < 10; i++) {
      nowMs += 100;
      assertThat(arrive(42, false)).isBetween(waitMs - 1_200, waitMs);
    }
    nowMs = waitMs + 5L;
    assertThat(arrive(42, false)).isZero();
  }

  @Test
  void whoComesMuchTooLate_isANewcomer() {
    while (newcomer() == 0) {}
    int waitMs = arrive(42, false);
    nowMs += waitMs + 11_000L;
    while (newcomer() == 0) {}
    assertThat(arrive(42, false)).isPositive();
  }

  @Test
  void placesOfThoseThatDoNotCome_areUsedByOthers() {
    while (newcomer() == 0) {}
    for (int i = 0; i < 2_000; i++) {
      newcomer(); // and never comes again
    }
    int in = 0;
    for (nowMs = 2_000; nowMs < 12_000; nowMs += 5) {
      in += newcomer() == 0 ? 1 : 0;
    }
    assertThat(in).isBetween(8 * RATE, 11 * RATE);
  }

  @Test
  void howeverMany_nobodyWaitsForMoreThanAMinute() {
    for (int i = 0; i < 20_000; i++) {
      assertThat(newcomer()).isBetween(0, 60_200);
    }
  }

  @Test
  void slowestRate_isKept_overDays() {
    var slow = new AdmissionQueue(1, Duration.ofSeconds(1), 0);
    int in = 0;
    int who = 0;
    for (long second = 0; second < 200_000; second++) {
      for (int i = 0; i < 3; i++) {
        in += slow.arrive(TimeUnit.SECONDS.toNanos(second), who++, false) == 0 ? 1 : 0;
      }
    }
    assertThat(in).isBetween(190_000, 200_010);
  }

  @Test
  void severalThreads_doNotLetInMoreThanThereArePlaces() throws Exception {
    var in = new AtomicInteger();
    var many = new AdmissionQueue(10_000, Duration.ofSeconds(1), START_NANOS);
    List<Callable<Void>> threads = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int first = thread * 100_000;
      threads.add(
          () -> {
            for (int i = 0; i < 20_000; i++) {
              if (many.arrive(START_NANOS, first + i, true) == 0) {
                in.incrementAndGet();
              }
            }
            return null;
          });
    }
    try (var pool = Executors.newFixedThreadPool(4)) {
      for (var done : pool.invokeAll(threads)) {
        done.get();
      }
    }
    assertThat(in.get()).isEqualTo(11_000); // ten slots of the burst and the present one
  }
}
