package io.trunkline.benchmarks;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.trunkline.client.Backoff;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Welcome;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Lean clients that come back, as the client library does: with their resume token, after its
 * default pause, first to the address that they had and after a failure to the next. {@link
 * #connect} is for one thread.
 */
final class Wanderers implements AutoCloseable {
  /** Handshakes under way at a time, to begin with; none are held back later. */
  private static final int CONNECTING = 200;

  private static final int JITTER_IN_TURN_MS = 250;
  private static final int DEFERRALS_UNTIL_ELSEWHERE = 3;
  private static final long TIMEOUT_SECONDS = 60;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final List<InetSocketAddress> addresses;
  private final Dialing dialing = new Dialing(CONNECT_TIMEOUT);
  private final Semaphore room = new Semaphore(CONNECTING);
  private final List<Wanderer> all = new ArrayList<>();
  private volatile boolean closing;

  /**
   * How one client came back.
   *
   * @param sameSession whether under its old session id
   * @param attempts connects that it took
   * @param lostNanos when it noticed; as {@link System#nanoTime}
   * @param helloNanos when it last said Hello
   * @param backNanos when it was welcome
   */
  record Return(
      boolean sameSession, int attempts, long lostNanos, long helloNanos, long backNanos) {}

  Wanderers(List<InetSocketAddress> addresses) {
    this.addresses = List.copyOf(addresses);
  }

  /** Adds clients of one node and returns when all have a session. */
  void connect(int node, List<String> tokens) throws BenchmarkException {
    for (String token : tokens) {
      acquire(1);
      var wanderer = new Wanderer(token, node);
      all.add(wanderer);
      wanderer.attempt();
    }
    acquire(CONNECTING);
    room.release(CONNECTING);
  }

  private void acquire(int permits) throws BenchmarkException {
    try {
      if (!room.tryAcquire(permits, TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new BenchmarkException("no Welcome within " + TIMEOUT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    }
  }

  /** Of those that lost their connection and have one again. */
  List<Return> returns() {
    return all.stream().flatMap(wanderer -> wanderer.returned.stream()).toList();
  }

  private final class Wanderer {
    private final String token;
    // Those of the event loop, but for the first.
    private int at;
    private ByteString resumeToken = ByteString.EMPTY;
    private String session = "";
    private int attempts;
    private int failures;
    private int deferrals;
    private long lostNanos;
    private long helloNanos;
    private volatile List<Return> returned = List.of();

    Wanderer(String token, int node) {
      this.token = token;
      this.at = node;
    }

    void attempt() {
      attempts++;
      dialing
          .connect(addresses.get(at), channel -> new Line(this))
          .addListener(
              (ChannelFuture done) -> {
                if (!done.isSuccess()) {
                  again(done.channel().eventLoop(), /* elsewhere= */ true, 0);
                }
              });
    }

    void again(EventLoop loop, boolean elsewhere, long notBeforeMs) {
      if (closing) {
        return;
      }
      if (elsewhere) {
        at = (at + 1) % addresses.size();
      }
      Backoff backoff = Backoff.DEFAULT;
      double bound =
          Math.min(
              (double) backoff.max().toMillis(),
              (double) backoff.initial().toMillis() * Math.pow(backoff.factor(), failures++));
      long delayMs = notBeforeMs + (long) (bound * ThreadLocalRandom.current().nextDouble());
      var _ = loop.schedule(this::attempt, delayMs, TimeUnit.MILLISECONDS);
    }

    /**
     * The gateway has given it a place in time there, as {@code ReconnectPolicy} of the client
     * library takes it.
     */
    void inTurn(EventLoop loop, long afterMs) {
      if (++deferrals % DEFERRALS_UNTIL_ELSEWHERE == 0) {
        at = (at + 1) % addresses.size();
      }
      failures = Math.max(failures, 1);
      if (!closing) {
        long delayMs = afterMs + ThreadLocalRandom.current().nextInt(JITTER_IN_TURN_MS);
        var _ = loop.schedule(this::attempt, delayMs, TimeUnit.MILLISECONDS);
      }
    }

    void welcome(Welcome welcome) {
      boolean first = session.isEmpty();
      if (first) {
        room.release();
      } else {
        returned =
            List.of(
                new Return(
                    welcome.getSessionId().equals(session),
                    attempts,
                    lostNanos,
                    helloNanos,
                    System.nanoTime()));
      }
      session = welcome.getSessionId();
      resumeToken = welcome.getResumeToken();
      failures = 0;
      deferrals = 0;
    }

    void lost() {
      lostNanos = System.nanoTime();
      attempts = 0;
      returned = List.of();
    }
  }

  private final class Line extends FrameReader {
    private final Wanderer wanderer;
    private boolean welcome;
    private boolean overloaded;
    private long retryAfterMs;

    Line(Wanderer wanderer) {
      this.wanderer = wanderer;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      wanderer.helloNanos = System.nanoTime();
      context.writeAndFlush(Wire.hello(wanderer.token, "bench", wanderer.resumeToken));
    }

    @Override
    void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
      Frame frame = FrameCodec.decode(in.slice(start, length), length);
      if (frame.hasWelcome()) {
        welcome = true;
        wanderer.welcome(frame.getWelcome());
      } else if (frame.hasError()) {
        overloaded = frame.getError().getCode() == CloseCode.OVERLOADED;
        retryAfterMs = Integer.toUnsignedLong(frame.getError().getRetryAfterMs());
        if (frame.getError().getCode() == CloseCode.RESUME_TOKEN_REUSED) {
          wanderer.resumeToken = ByteString.EMPTY;
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (welcome && !closing) {
        wanderer.lost();
      }
      if (overloaded && retryAfterMs > 0) {
        wanderer.inTurn(context.channel().eventLoop(), retryAfterMs);
      } else {
        wanderer.again(context.channel().eventLoop(), !welcome, retryAfterMs);
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
