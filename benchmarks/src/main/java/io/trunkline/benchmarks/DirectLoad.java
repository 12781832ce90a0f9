package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import jakarta.jms.JMSException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Messages to one user each, of users {@code load-1} and on, with a bounded number that has no
 * receipt yet. For one thread; receipts come on another.
 */
final class DirectLoad {
  /** Published and without a receipt, at a time, where nothing else is said. */
  static final int WINDOW = 1_000;

  private static final long TIMEOUT_SECONDS = 60;
  private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
  private static final double NANOS_PER_MILLI = 1e6;

  private final Publisher publisher;
  private final int users;
  private final boolean persistent;
  private final int underWay;
  private final Semaphore window;
  private final Histogram latencies = new ConcurrentHistogram(HIGHEST_NANOS, 3);
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /**
   * Takes the publisher's receipts from now on.
   *
   * @param underWay messages without a receipt, at most
   */
  DirectLoad(Publisher publisher, int users, int underWay, boolean persistent)
      throws BenchmarkException {
    this.publisher = publisher;
    this.users = users;
    this.underWay = underWay;
    this.window = new Semaphore(underWay);
    this.persistent = persistent;
    try {
      publisher.onReceipt(this::receipt);
    } catch (JMSException e) {
      throw failed(e);
    }
  }

  private static BenchmarkException failed(JMSException e) {
    return new BenchmarkException("publishing failed: " + e.getMessage(), e);
  }

  /** What the users' clients do: they acknowledge. */
  static Swarm.Client acknowledging(Channel channel, int index) {
    return new Swarm.Client() {
      @Override
      public void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
        if (in.getUnsignedByte(start) == Wire.NOTIFY) {
          context.write(Wire.ack(context.alloc(), in, start), context.voidPromise());
        }
      }
    };
  }

  /**
   * Publishes and returns when all receipts are here.
   *
   * @param perSecond at a fixed rate, late ones counted from when they were due; 0: as fast as can
   *     be
   * @return seconds that it took
   */
  double publish(int count, int perSecond) throws BenchmarkException {
    long begin = System.nanoTime();
    try {
      for (int i = 0; i < count; i++) {
        acquire(1);
        long due = System.nanoTime();
        if (perSecond > 0) {
          due = begin + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
        }
        publisher.toUser("load-" + (1 + i % users), Long.toString(due), persistent);
      }
    } catch (JMSException e) {
      throw failed(e);
    }
    acquire(underWay);
    window.release(underWay);
    return Progress.secondsSince(begin);
  }

  private void acquire(int permits) throws BenchmarkException {
    boolean acquired;
    try {
      acquired = window.tryAcquire(permits, TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    }
    String why = failure.get();
    if (why != null || !acquired) {
      throw new BenchmarkException(why == null ? "receipts are missing" : why);
    }
  }

  private void receipt(String correlationId, String text) {
    latencies.recordValue(
        Math.clamp(System.nanoTime() - Long.parseLong(correlationId), 0, HIGHEST_NANOS));
    if (!text.contains("\"DELIVERED\"")) {
      failure.compareAndSet(null, "a receipt says " + text);
    }
    window.release();
  }

  /** Forgets the latencies so far. */
  void reset() {
    latencies.reset();
  }

  /** From publishing to receipt, milliseconds. */
  double percentileMs(double percent) {
    return latencies.getValueAtPercentile(percent) / NANOS_PER_MILLI;
  }
}
