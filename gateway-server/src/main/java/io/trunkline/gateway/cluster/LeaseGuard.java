package io.trunkline.gateway.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether this process may still act as its node, by its own monotonic clock, which goes on while
 * the process is stopped. So the first thing that runs after a stop can know of it, before any
 * answer of the database. Thread-safe; both questions cost a look at the clock.
 *
 * <p>There are two answers, because two things can have happened. Without a renewal the lease ends:
 * others may take the sessions over, but the clients that are connected here are still here (the
 * database may be away for all). After a stop even that is not known: clients that gave up have
 * gone on elsewhere, and what is read or sent first belongs to the past.
 */
public final class LeaseGuard {
  private final LongSupplier clockNs;
  private final LongSupplier wallMs;
  private final long stopNs;
  private long lastBeatNs; // guarded by this, as the next
  private long lastWallMs;
  private volatile long beatNs;
  private volatile long heldUntilNs;
  private volatile long stops;
  private volatile long examined;
  private volatile boolean over;

  /**
   * Not held before {@link #renewed}.
   *
   * @param clockNs as System.nanoTime()
   * @param wallMs as System.currentTimeMillis(); of a machine that slept it alone goes on. When it
   *     is set forward by somebody, that is taken for a stop, and costs a look at the database
   * @param lease of which a renewal is tried each third, so that a stop of less than two thirds
   *     cannot end it
   */
  public LeaseGuard(LongSupplier clockNs, LongSupplier wallMs, Duration lease) {
    this.clockNs = clockNs;
    this.wallMs = wallMs;
    this.lastWallMs = wallMs.getAsLong();
    this.stopNs = lease.toNanos() / 3 * 2;
    this.lastBeatNs = clockNs.getAsLong();
    this.beatNs = lastBeatNs;
    this.heldUntilNs = lastBeatNs;
  }

  long nowNs() {
    return clockNs.getAsLong();
  }

  /** The lease runs, and what may have moved is let go: the node may act for the cluster. */
  public boolean held() {
    long now = clockNs.getAsLong();
    return awake(now) && now - heldUntilNs < 0;
  }

  /**
   * The process was not stopped for so long that its sessions may have moved, or they have been
   * looked at since. Does not need the database.
   */
  public boolean awake() {
    return awake(clockNs.getAsLong());
  }

  /**
   * The same, by a clock that was just read.
   *
   * @param now on the scale of System.nanoTime()
   */
  public boolean awake(long now) {
    return !over && stops == examined && now - beatNs < stopNs;
  }

  /** Stops of the process noticed so far. */
  long stops() {
    return stops;
  }

  /**
   * To be called some times a second.
   *
   * @return how long the process was stopped if it was, else zero
   */
  synchronized Duration beat() {
    long now = clockNs.getAsLong();
    long wall = wallMs.getAsLong();
    long gap = gapNs(now, wall);
    lastBeatNs = now;
    lastWallMs = wall;
    if (gap >= stopNs) {
      stops = stops + 1; // before the beat is seen, so that nobody takes the node for awake
    }
    beatNs = now;
    return gap >= stopNs ? Duration.ofNanos(gap) : Duration.ZERO;
  }

  private long gapNs(long now, long wall) {
    return Math.max(now - lastBeatNs, TimeUnit.MILLISECONDS.toNanos(wall - lastWallMs));
  }

  /**
   * Whether the process was stopped after so many {@link #stops}, be it noticed or not. Leaves it
   * to {@link #beat} to notice.
   */
  synchronized boolean stoppedSince(long seenStops) {
    return stops != seenStops || gapNs(clockNs.getAsLong(), wallMs.getAsLong()) >= stopNs;
  }

  /**
   * The lease was renewed, and what others had taken over is let go.
   *
   * @param askedNs when the renewal was asked for
   * @param seenStops {@link #stops} before that
   */
  void renewed(long askedNs, Duration lease, long seenStops) {
    heldUntilNs = askedNs + lease.toNanos();
    examined = seenStops;
  }

  /** The process has just become the node: no session of it can have moved. */
  synchronized void begin() {
    lastBeatNs = clockNs.getAsLong();
    lastWallMs = wallMs.getAsLong();
    beatNs = lastBeatNs;
    examined = stops;
  }

  /** Another process is the node now. */
  void over() {
    over = true;
  }
}
