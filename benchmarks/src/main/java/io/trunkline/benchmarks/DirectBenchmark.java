package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import jakarta.jms.JMSException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Messages to one user each, acknowledged by the client, with a receipt to the publisher: JMS in,
 * session, acknowledgement, JMS out. Persistent ones go through the database on both ways.
 */
final class DirectBenchmark {
  /** Published and without a receipt, at a time. */
  private static final int WINDOW = 1_000;

  private static final int RATE_PER_SECOND = 500;
  private static final long TIMEOUT_SECONDS = 60;
  private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
  private static final double NANOS_PER_MILLI = 1e6;

  private final Lab lab;
  private final Sizes sizes;
  private final boolean persistent;
  private final int messages;
  private final Semaphore window = new Semaphore(WINDOW);
  private final Histogram latencies = new ConcurrentHistogram(HIGHEST_NANOS, 3);
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  DirectBenchmark(Lab lab, Sizes sizes, boolean persistent) {
    this.lab = lab;
    this.sizes = sizes;
    this.persistent = persistent;
    this.messages = persistent ? sizes.directMessages() / 2 : sizes.directMessages();
  }

  Table run() throws BenchmarkException {
    Gateway gateway = lab.gateway();
    List<String> tokens = lab.tokens(sizes.users());
    lab.progress().say("connecting " + sizes.users() + " users");
    try (var swarm = new Swarm(gateway)) {
      swarm.connect(sizes.users(), tokens, DirectBenchmark::acknowledging);
      gateway.settle();
      gateway.publisher().onReceipt(this::receipt);
      lab.progress().say(kind() + ", as many as fit through");
      publish(gateway.publisher(), messages / 2, 0);
      Table table = measure(gateway);
      swarm.check();
      gateway.settle();
      return table;
    } catch (JMSException e) {
      throw new BenchmarkException("publishing failed: " + e.getMessage(), e);
    }
  }

  private String kind() {
    return "point to point, " + (persistent ? "persistent" : "non-persistent");
  }

  private Table measure(Gateway gateway) throws JMSException, BenchmarkException {
    ProcessFigures self = ProcessFigures.ofThisProcess();
    double serverCpu = gateway.figures().cpuSeconds();
    double othersCpu = gateway.figures().childrenCpuSeconds();
    double ownCpu = self.cpuSeconds();
    long begin = System.nanoTime();
    publish(gateway.publisher(), messages, 0);
    double seconds = Progress.secondsSince(begin);
    double millions = messages / 1e6;
    serverCpu = gateway.figures().cpuSeconds() - serverCpu;
    othersCpu = gateway.figures().childrenCpuSeconds() - othersCpu;
    ownCpu = self.cpuSeconds() - ownCpu;

    lab.progress().say(kind() + ", " + RATE_PER_SECOND + " a second");
    publish(gateway.publisher(), sizes.pacedMessages() / 2, RATE_PER_SECOND);
    latencies.reset();
    publish(gateway.publisher(), sizes.pacedMessages(), RATE_PER_SECOND);
    return new Table(
            "Point to point, "
                + (persistent ? "persistent" : "non-persistent")
                + ", acknowledged, with receipt ("
                + sizes.users()
                + " users)",
            "messages/s, " + WINDOW + " under way",
            "gateway CPU s per million",
            "broker and database",
            "load generator's",
            "p50 ms publish to receipt at " + RATE_PER_SECOND + "/s",
            "p99 ms")
        .add(
            messages / seconds,
            serverCpu / millions,
            othersCpu / millions,
            ownCpu / millions,
            latencies.getValueAtPercentile(50) / NANOS_PER_MILLI,
            latencies.getValueAtPercentile(99) / NANOS_PER_MILLI);
  }

  /**
   * Publishes and returns when all receipts are here.
   *
   * @param perSecond at a fixed rate, late ones counted from when they were due; 0: as fast as can
   *     be
   */
  private void publish(Publisher publisher, int count, int perSecond)
      throws JMSException, BenchmarkException {
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      acquire(1);
      long due = System.nanoTime();
      if (perSecond > 0) {
        due = begin + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
      }
      publisher.toUser("load-" + (1 + i % sizes.users()), Long.toString(due), persistent);
    }
    acquire(WINDOW);
    window.release(WINDOW);
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

  private static Swarm.Client acknowledging(Channel channel, int index) {
    return new Swarm.Client() {
      @Override
      public void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
        if (in.getUnsignedByte(start) == Wire.NOTIFY) {
          context.write(Wire.ack(context.alloc(), in, start), context.voidPromise());
        }
      }
    };
  }
}
