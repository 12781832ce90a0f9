package io.trunkline.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Begins lean connections, on two event loops of its own. Thread-safe. */
final class Dialing implements AutoCloseable {
  private static final int THREADS = 2;
  private static final long STOP_SECONDS = 10;

  private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(THREADS, Wire.io());
  private final Duration timeout;

  /**
   * @param timeout of one attempt
   */
  Dialing(Duration timeout) {
    this.timeout = timeout;
  }

  /** For what is to be done later. */
  EventLoopGroup loops() {
    return group;
  }

  /**
   * Does not wait for the outcome.
   *
   * @param handler makes what handles the connection's bytes
   */
  ChannelFuture connect(InetSocketAddress address, Function<Channel, ChannelHandler> handler) {
    return new Bootstrap()
        .group(group)
        .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handler.apply(channel));
              }
            })
        .connect(address);
  }

  /** Closes all connections. */
  @Override
  public void close() {
    group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
