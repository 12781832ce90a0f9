package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Echo calls at a fixed pace, one at a time on each connection: what clients feel that do not load
 * the gateway. A call that should have begun while the one before was late counts from when it
 * should have begun.
 */
final class PacedCalls implements AutoCloseable {
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;

  private final Swarm swarm;
  private final ByteBuf request = Wire.echoRequest(1, EchoSize.PAYLOAD_BYTES);
  private final Map<Channel, Caller> callers = new ConcurrentHashMap<>();
  private final LongAdder failed = new LongAdder();
  private volatile Histogram histogram = newHistogram();

  /**
   * Connects and begins to call.
   *
   * @param paceMs from one call of a connection to its next
   */
  PacedCalls(Target target, List<String> tokens, int paceMs) throws BenchmarkException {
    swarm = new Swarm(target);
    try {
      swarm.connect(tokens.size(), tokens, this::caller);
    } catch (BenchmarkException e) {
      close();
      throw e;
    }
    int i = 0;
    for (Caller caller : callers.values()) {
      long offset = TimeUnit.MILLISECONDS.toNanos((long) paceMs * i++ / callers.size());
      caller.begin(offset, TimeUnit.MILLISECONDS.toNanos(paceMs));
    }
  }

  private static Histogram newHistogram() {
    return new ConcurrentHistogram(HIGHEST_NANOS, DIGITS);
  }

  private Caller caller(Channel channel, int index) {
    var caller = new Caller(channel);
    callers.put(channel, caller);
    return caller;
  }

  /** The calls since the last time that this was asked, those under way not included. */
  Histogram take() throws BenchmarkException {
    Histogram taken = histogram;
    histogram = newHistogram();
    Clock.pause(100); // what was being recorded
    swarm.check();
    if (failed.sum() > 0) {
      throw new BenchmarkException(failed.sum() + " calls were not answered OK");
    }
    return taken;
  }

  @Override
  public void close() {
    swarm.close();
    request.release();
  }

  private final class Caller implements Swarm.Client {
    private final Channel channel;
    private long dueNanos;
    private long paceNanos;
    private boolean underWay;

    Caller(Channel channel) {
      this.channel = channel;
    }

    void begin(long offsetNanos, long pace) {
      channel
          .eventLoop()
          .execute(
              () -> {
                paceNanos = pace;
                dueNanos = System.nanoTime() + offsetNanos;
                callWhenDue();
              });
    }

    private void callWhenDue() {
      long wait = dueNanos - System.nanoTime();
      if (wait > 0) {
        var _ = channel.eventLoop().schedule(this::callWhenDue, wait, TimeUnit.NANOSECONDS);
      } else if (!underWay) {
        underWay = true;
        channel.writeAndFlush(request.retainedDuplicate());
      }
    }

    @Override
    public void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
      if (Wire.seqOfEcho(in, start) != 1) {
        failed.increment();
      }
      histogram.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - dueNanos));
      underWay = false;
      dueNanos += paceNanos;
      callWhenDue();
    }
  }
}
