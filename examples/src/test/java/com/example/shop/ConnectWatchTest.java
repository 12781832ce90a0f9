package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.shop.ConnectWatch.Limits;
import io.trunkline.gateway.auth.TopicGrants;
import io.trunkline.gateway.session.SessionInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ConnectWatchTest {
  private static final Limits LIMITS = new Limits(3, Duration.ofSeconds(10), 2);

  private final List<String> reported = Collections.synchronizedList(new ArrayList<>());
  private Instant now = Instant.parse("2026-11-20T12:00:00Z");

  private ConnectWatch watch() {
    return new ConnectWatch(LIMITS, flapping -> reported.add(flapping.toString()), () -> now);
  }

  private static SessionInfo client(String device, String platform) {
    return new SessionInfo(
        UUID.randomUUID(),
        "alice",
        device,
        "till",
        "1",
        platform,
        Map.of(),
        Map.of(),
        TopicGrants.NONE,
        "tcp",
        "127.0.0.1:1",
        Instant.EPOCH);
  }

  @Test
  void connects_areCountedByPlatform() {
    try (ConnectWatch watch = watch()) {
      watch.connected(client("d1", "linux"));
      watch.connected(client("d2", "linux"));
      watch.connected(client("d3", ""));
      assertThat(watch.connects()).isEqualTo(Map.of("linux", 2L, "unknown", 1L));
    }
  }

  @Test
  void platformsThatClientsMakeUp_doNotFillMemory() {
    try (ConnectWatch watch = watch()) {
      for (int i = 0; i < 1_000; i++) {
        watch.connected(client("d1", "platform-" + i));
      }
      assertThat(watch.connects()).hasSizeLessThan(60).containsKey("others");
      assertThat(watch.connects().values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(1_000);
    }
  }

  @Test
  void deviceThatFlaps_isReportedOncePerWindow() {
    try (ConnectWatch watch = watch()) {
      for (int i = 0; i < 5; i++) {
        watch.connected(client("till-1", "linux"));
      }
    }
    assertThat(reported).containsExactly("device till-1 of alice connected 3 times within 10 s");
  }

  @Test
  void deviceThatConnectsNowAndThen_isNotReported() {
    try (ConnectWatch watch = watch()) {
      for (int i = 0; i < 5; i++) {
        watch.connected(client("till-1", "linux"));
        now = now.plusSeconds(6);
      }
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void moreDevicesThanAreWatched_theOldestIsForgotten() {
    try (ConnectWatch watch = watch()) {
      watch.connected(client("till-1", "linux"));
      watch.connected(client("till-1", "linux"));
      watch.connected(client("till-2", "linux"));
      watch.connected(client("till-3", "linux"));
      watch.connected(client("till-1", "linux"));
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void slowOrFailingReport_holdsNobodyUp() throws InterruptedException {
    var release = new CountDownLatch(1);
    var entered = new CountDownLatch(1);
    ConnectWatch.Reporter slow =
        flapping -> {
          entered.countDown();
          awaitQuietly(release);
          reported.add(flapping.device());
          throw new IllegalStateException("on purpose: " + flapping);
        };
    try (var watch = new ConnectWatch(new Limits(1, LIMITS.window(), 1_000), slow, () -> now)) {
      watch.connected(client("d0", "linux"));
      entered.await();
      for (int i = 1; i < 1_000; i++) {
        watch.connected(client("d" + i, "linux")); // returns, though the reporter is stuck
      }
      release.countDown();
    }
    assertThat(reported).startsWith("d0", "d1", "d2").hasSizeLessThan(1_000);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
