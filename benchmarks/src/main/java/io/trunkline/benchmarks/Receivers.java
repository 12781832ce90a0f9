package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what each connection of a swarm receives, and notes when the last has all of a round. */
final class Receivers {
  private static final long TIMEOUT_SECONDS = 60;

  private final int connections;
  private volatile Round round = new Round(Long.MAX_VALUE, 0);

  private static final class Round {
    final long target;
    final AtomicInteger open;
    final CountDownLatch done = new CountDownLatch(1);
    volatile long doneNanos;

    Round(long target, int connections) {
      this.target = target;
      this.open = new AtomicInteger(connections);
    }
  }

  private long expected;

  Receivers(int connections) {
    this.connections = connections;
  }

  Swarm.Client client(Channel channel, int index) {
    return new Receiver();
  }

  /** Sends so many messages to all; seconds until the last connection has the last of them. */
  double round(Target target, int messages) throws BenchmarkException {
    expected += messages;
    var next = new Round(expected, connections);
    round = next;
    long begin = System.nanoTime();
    target.broadcast(messages);
    try {
      if (!next.done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new BenchmarkException(
            target.name()
                + ": "
                + next.open.get()
                + " connections have not all messages after "
                + TIMEOUT_SECONDS
                + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    }
    return (next.doneNanos - begin) / 1e9;
  }

  private final class Receiver implements Swarm.Client {
    private long received;

    @Override
    public void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
      if (in.getUnsignedByte(start) != Wire.NOTIFY) {
        return;
      }
      Round now = round;
      if (++received == now.target && now.open.decrementAndGet() == 0) {
        now.doneNanos = System.nanoTime();
        now.done.countDown();
      }
    }
  }
}
