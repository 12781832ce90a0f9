package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.v1.Frame;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that all connect at once, and come again when the gateway tells them to, as the client
 * library does; a connection that is lost without a word is tried again with back-off.
 */
final class Storm implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** As the client library's. */
  private static final int JITTER_MS = 250;

  private static final int BACKOFF_MS = 1_000;
  private static final int MAX_BACKOFF_MS = 30_000;

  private final Target target;
  private final List<String> tokens;
  private final Dialing dialing = new Dialing(CONNECT_TIMEOUT);
  private final AtomicIntegerArray attempts;
  private final CountDownLatch outside;
  private final LongAdder lost = new LongAdder();
  private final AtomicInteger in = new AtomicInteger();
  private volatile boolean closing;

  /**
   * @param tokens one a client
   */
  Storm(Target target, List<String> tokens) {
    this.target = target;
    this.tokens = tokens;
    attempts = new AtomicIntegerArray(tokens.size());
    outside = new CountDownLatch(tokens.size());
  }

  /** All begin to connect. */
  void breakLoose() {
    for (int i = 0; i < tokens.size(); i++) {
      attempt(i);
    }
  }

  /** Waits until all are in; returns whether they are. */
  boolean awaitAllIn(long seconds) throws BenchmarkException {
    try {
      return outside.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    }
  }

  /** Clients that have their Welcome. */
  int in() {
    return in.get();
  }

  /** Connections that ended without a word of the gateway. */
  long lost() {
    return lost.sum();
  }

  double meanAttempts() {
    long sum = 0;
    for (int i = 0; i < tokens.size(); i++) {
      sum += attempts.get(i);
    }
    return (double) sum / tokens.size();
  }

  int mostAttempts() {
    int most = 0;
    for (int i = 0; i < tokens.size(); i++) {
      most = Math.max(most, attempts.get(i));
    }
    return most;
  }

  private void attempt(int index) {
    attempts.incrementAndGet(index);
    dialing
        .connect(target.address(), channel -> new Client(index))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                lostOne(index);
              }
            });
  }

  private void lostOne(int index) {
    if (closing) {
      return;
    }
    lost.increment();
    int bound = Math.min(MAX_BACKOFF_MS, BACKOFF_MS << Math.min(5, attempts.get(index) - 1));
    again(index, ThreadLocalRandom.current().nextInt(bound));
  }

  private void again(int index, int delayMs) {
    if (!closing) {
      var _ = dialing.loops().schedule(() -> attempt(index), delayMs, TimeUnit.MILLISECONDS);
    }
  }

  private final class Client extends FrameReader {
    private final int index;
    private boolean answered;

    Client(int index) {
      this.index = index;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(Wire.hello(tokens.get(index), "storm-" + index));
    }

    @Override
    void frame(ChannelHandlerContext context, ByteBuf bytes, int start, int length) {
      if (answered) {
        return;
      }
      answered = true;
      Frame frame = FrameCodec.decode(bytes.slice(start, length), length);
      if (frame.hasWelcome()) {
        in.incrementAndGet();
        outside.countDown();
      } else {
        int jitterMs = new SplittableRandom().nextInt(JITTER_MS);
        again(index, frame.getError().getRetryAfterMs() + jitterMs);
        context.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (!answered) {
        answered = true;
        lostOne(index);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  @Override
  public void close() {
    closing = true;
    dialing.close();
  }
}
