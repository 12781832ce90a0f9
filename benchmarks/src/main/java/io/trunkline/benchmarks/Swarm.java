package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.trunkline.protocol.FrameCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Many lean connections to one target, on two event loops, so that the load generator is not what
 * is measured. {@link #connect} is for one thread.
 */
final class Swarm implements AutoCloseable {
  /** Handshakes under way at a time. */
  private static final int CONNECTING = 200;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** What becomes of the frames of one connection after its handshake. On its event loop. */
  interface Client {
    /** The frame's body starts at {@code start}; its first byte is the tag. */
    void frame(ChannelHandlerContext context, ByteBuf in, int start, int length);
  }

  /** Makes what handles a connection's frames. */
  interface Clients {
    Client of(Channel channel, int index);
  }

  private final Target target;
  private final Dialing dialing = new Dialing(TIMEOUT);
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private final Semaphore room = new Semaphore(CONNECTING);
  private int connected;

  Swarm(Target target) {
    this.target = target;
  }

  /** Connections so far. */
  int size() {
    return connected;
  }

  ChannelGroup channels() {
    return channels;
  }

  /**
   * Adds connections, with tokens if the target wants them, and returns when all stand.
   *
   * @param tokens one a connection of the whole swarm
   */
  void connect(int count, List<String> tokens, Clients clients) throws BenchmarkException {
    for (int i = 0; i < count; i++) {
      int index = connected++;
      ByteBuf hello =
          target.handshakes()
              ? Wire.hello(tokens.get(index), "bench")
              : Wire.echoRequest(1, 0); // what comes back says that the connection stands
      acquire(1);
      dialing
          .connect(
              target.address(),
              channel -> {
                channels.add(channel);
                return new Peer(hello, clients.of(channel, index));
              })
          .addListener(
              done -> {
                if (!done.isSuccess()) {
                  fail("cannot connect: " + done.cause());
                }
              });
    }
    acquire(CONNECTING);
    room.release(CONNECTING);
  }

  private void acquire(int permits) throws BenchmarkException {
    boolean acquired;
    try {
      acquired = room.tryAcquire(permits, TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    }
    check();
    if (!acquired) {
      throw new BenchmarkException("no Welcome within " + TIMEOUT.toSeconds() + " s");
    }
  }

  /** Throws if a connection was refused or lost. */
  void check() throws BenchmarkException {
    String why = failure.get();
    if (why != null) {
      throw new BenchmarkException(target.name() + ": " + why);
    }
  }

  private void fail(String why) {
    failure.compareAndSet(null, why);
    room.release();
  }

  private final class Peer extends FrameReader {
    private final Client client;
    private final ByteBuf hello;
    private boolean welcome;

    Peer(ByteBuf hello, Client client) {
      this.hello = hello;
      this.client = client;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(hello);
    }

    @Override
    void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
      if (welcome) {
        client.frame(context, in, start, length);
      } else if (isWelcome(in.getUnsignedByte(start))) {
        welcome = true;
        room.release();
      } else {
        fail("no Welcome but " + FrameCodec.decode(in.slice(start, length), length));
      }
    }

    private boolean isWelcome(int tag) {
      return tag == (target.handshakes() ? Wire.WELCOME : Wire.REQUEST);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
      super.channelReadComplete(context);
      context.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (!dialing.loops().isShuttingDown()) {
        fail("a connection was closed by the server");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail("a connection failed: " + cause);
      context.close();
    }
  }

  /** Closes all connections. */
  @Override
  public void close() {
    dialing.close();
  }
}
