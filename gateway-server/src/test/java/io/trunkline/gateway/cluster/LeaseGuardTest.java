package io.trunkline.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseGuardTest {
  private static final Duration LEASE = Duration.ofSeconds(15);

  private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private final AtomicLong wallMs = new AtomicLong(1_800_000_000_000L);
  private final LeaseGuard guard = new LeaseGuard(nowNs::get, wallMs::get, LEASE);

  /** Time goes by, with the beats of a process that runs. */
  private void runs(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 200) {
      nowNs.addAndGet(200_000_000L);
      wallMs.addAndGet(200);
      assertThat(guard.beat()).isZero();
    }
  }

  private void renew() {
    guard.renewed(nowNs.get(), LEASE, guard.stops());
  }

  @Test
  void held_fromTheFirstRenewal_untilTheLeaseHasRunOut() {
    assertThat(guard.held()).isFalse();
    renew();
    assertThat(guard.held()).isTrue();
    runs(Duration.ofSeconds(14));
    assertThat(guard.held()).isTrue();
    runs(Duration.ofSeconds(1));
    assertThat(guard.held()).isFalse();
  }

  @Test
  void leaseThatRanOut_whileTheProcessRan_leavesItAwake() {
    renew();
    runs(Duration.ofMinutes(10));

    assertThat(guard.held()).isFalse();
    assertThat(guard.awake()).isTrue();
  }

  @Test
  void lease_isReckonedFromWhenItWasAskedFor() {
    long asked = nowNs.get();
    runs(Duration.ofSeconds(10));
    guard.renewed(asked, LEASE, guard.stops());
    runs(Duration.ofSeconds(5));

    assertThat(guard.held()).isFalse();
  }

  @Test
  void afterAStop_theFirstQuestionKnows_beforeAnyBeat() {
    renew();
    nowNs.addAndGet(Duration.ofSeconds(90).toNanos());

    assertThat(guard.awake()).isFalse();
    assertThat(guard.held()).isFalse();
  }

  @Test
  void afterAStop_beatsAndTimeDoNotHelp_onlyARenewal() {
    renew();
    nowNs.addAndGet(Duration.ofSeconds(90).toNanos());
    assertThat(guard.beat()).isEqualTo(Duration.ofSeconds(90));
    runs(Duration.ofSeconds(5));
    assertThat(guard.awake()).isFalse();

    renew();

    assertThat(guard.awake()).isTrue();
    assertThat(guard.held()).isTrue();
  }

  @Test
  void stopDuringARenewal_isNotCoveredByIt() {
    long asked = nowNs.get();
    long seen = guard.stops();
    nowNs.addAndGet(Duration.ofSeconds(12).toNanos());
    assertThat(guard.beat()).isPositive();
    guard.renewed(asked, LEASE, seen);

    assertThat(guard.awake()).isFalse();
  }

  @Test
  void shortStop_thatCannotHaveCostTheLease_isNone() {
    renew();
    nowNs.addAndGet(Duration.ofSeconds(9).toNanos());

    assertThat(guard.beat()).isZero();
    assertThat(guard.held()).isTrue();
  }

  @Test
  void machineThatSlept_isNoticedByTheTimeOfDay() {
    renew();
    wallMs.addAndGet(Duration.ofHours(1).toMillis());

    assertThat(guard.beat()).isEqualTo(Duration.ofHours(1));
    assertThat(guard.held()).isFalse();
  }

  @Test
  void clockThatIsSetBack_isNoStop() {
    renew();
    wallMs.addAndGet(-Duration.ofHours(1).toMillis());

    assertThat(guard.beat()).isZero();
    assertThat(guard.held()).isTrue();
  }

  @Test
  void start_thatTookItsTime_isNoStop() {
    nowNs.addAndGet(Duration.ofMinutes(1).toNanos());
    guard.begin();
    renew();

    assertThat(guard.held()).isTrue();
  }

  @Test
  void superseded_isForGood() {
    renew();
    guard.over();
    renew();

    assertThat(guard.held()).isFalse();
    assertThat(guard.awake()).isFalse();
  }

  @Test
  void answerToWhatWasAskedBeforeAStop_isKnownToBeOld_noticedOrNot() {
    renew();
    long asked = guard.stops();
    runs(Duration.ofSeconds(5));
    assertThat(guard.stoppedSince(asked)).isFalse();

    nowNs.addAndGet(Duration.ofSeconds(90).toNanos());

    assertThat(guard.stoppedSince(asked)).isTrue();
    assertThat(guard.beat()).as("is still to be noticed").isEqualTo(Duration.ofSeconds(90));
    assertThat(guard.stoppedSince(asked)).isTrue();
    assertThat(guard.stoppedSince(guard.stops())).isFalse();
  }
}
