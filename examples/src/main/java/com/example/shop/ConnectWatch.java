package com.example.shop;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.gateway.session.SessionListener;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connects per platform, and reports devices that connect too often.
 *
 * <p>It is called on event loops, so it does nothing there but count, in memory that is bounded. A
 * report may be slow (a file, a ticket system): a thread of its own makes it. If reports cannot be
 * made as fast as devices flap, some are left out rather than that memory grows.
 */
final class ConnectWatch implements SessionListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConnectWatch.class);
  private static final int MAX_PLATFORMS = 50;
  private static final int MAX_WAITING_REPORTS = 100;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /**
   * When a device flaps.
   *
   * @param connects so many within {@code window} are too many
   * @param devices watched at a time; beyond that the one that began to be watched first is
   *     forgotten
   */
  record Limits(int connects, Duration window, int devices) {}

  /** A device that connected too often. */
  record Flapping(String user, String device, int connects, Duration window) {
    @Override
    public String toString() {
      return "device %s of %s connected %d times within %d s"
          .formatted(device, user, connects, window.toSeconds());
    }
  }

  /** What is done about it. May block, and may throw: that one report is then lost. */
  interface Reporter {
    void report(Flapping flapping);
  }

  private record Device(String user, String name) {}

  /** Connects in a window of time that began with the first of them. */
  private record Recent(Instant since, int connects) {}

  private final Limits limits;
  private final Reporter reporter;
  private final InstantSource clock;
  private final Map<String, LongAdder> connects = new ConcurrentHashMap<>();
  private final LinkedHashMap<Device, Recent> watched = new LinkedHashMap<>(); // guards itself
  private final ThreadPoolExecutor reports =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_WAITING_REPORTS),
          Thread.ofPlatform().daemon().name("flapping-reports").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  ConnectWatch(Limits limits, Reporter reporter, InstantSource clock) {
    this.limits = limits;
    this.reporter = reporter;
    this.clock = clock;
  }

  @Override
  public void created(Session session) {
    connected(session.info());
  }

  /** A session that goes on is a connect just as well. */
  @Override
  public void resumed(Session session) {
    connected(session.info());
  }

  void connected(SessionInfo info) {
    counter(info.platform().isEmpty() ? "unknown" : info.platform()).increment();
    var device = new Device(info.user(), info.device());
    int recent = count(device);
    // Once per window, however often it goes on.
    if (recent == limits.connects()) {
      var flapping = new Flapping(device.user(), device.name(), recent, limits.window());
      reports.execute(() -> report(flapping));
    }
  }

  /** Platforms are what clients call themselves: there may be any number of names. */
  private LongAdder counter(String platform) {
    LongAdder known = connects.get(platform);
    if (known != null) {
      return known;
    }
    String name = connects.size() < MAX_PLATFORMS ? platform : "others";
    return connects.computeIfAbsent(name, _ -> new LongAdder());
  }

  private int count(Device device) {
    Instant now = clock.instant();
    synchronized (watched) { // held for a look into a map, never for longer
      Recent before = watched.get(device);
      if (before != null && now.isBefore(before.since().plus(limits.window()))) {
        watched.put(device, new Recent(before.since(), before.connects() + 1));
        return before.connects() + 1;
      }
      watched.remove(device); // to come last in the order
      watched.put(device, new Recent(now, 1));
      if (watched.size() > limits.devices()) {
        watched.pollFirstEntry();
      }
      return 1;
    }
  }

  private void report(Flapping flapping) {
    try {
      reporter.report(flapping);
    } catch (RuntimeException e) {
      log.warn("not reported: {}", flapping, e);
    }
  }

  /** Connects by platform since the start. Any thread. */
  Map<String, Long> connects() {
    Map<String, Long> counts = new TreeMap<>();
    connects.forEach((platform, count) -> counts.put(platform, count.sum()));
    return counts;
  }

  /** What waits to be reported has a moment still. */
  @Override
  public void close() {
    reports.shutdown();
    try {
      if (!reports.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        reports.shutdownNow();
      }
    } catch (InterruptedException e) {
      reports.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
