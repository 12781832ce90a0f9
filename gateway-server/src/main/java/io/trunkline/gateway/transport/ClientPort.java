package io.trunkline.gateway.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port for clients: event loops, their lanes, and connections with a {@link ClientPipeline}.
 */
public final class ClientPort implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClientPort.class);

  /** Resolution of all time-outs of connections. */
  private static final Duration SWEEP_TICK = Duration.ofMillis(250);

  /** Time for a client to take the last word. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** When a connection counts as unwritable, and when again as writable; bytes. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 << 10, 64 << 10);

  private final ClientsConfig config;
  private final Function<Connection, ChannelHandler> barrier;
  private final boolean epoll;
  private final EventLoopGroup boss;
  private final EventLoopGroup workers;
  private final IdentityHashMap<EventLoop, Lane> lanes = new IdentityHashMap<>();
  private final Connection.Deadlines deadlines;
  private final ConnectionCounts connections;
  private Channel listening;

  /**
   * Opens the port; clients are let in by {@link #startAccepting}.
   *
   * @param barrier makes the handler that takes a new connection's first frames
   * @throws java.net.BindException if the address is in use or not ours
   */
  public ClientPort(ClientsConfig config, Function<Connection, ChannelHandler> barrier)
      throws java.io.IOException {
    this.config = config;
    this.barrier = barrier;
    this.epoll = config.transport() == ClientsConfig.Transport.EPOLL && Epoll.isAvailable();
    this.connections = new ConnectionCounts(ConnectionLimit.of(config.maxConnections()));
    this.boss = newGroup(1, "clients-accept");
    this.workers = newGroup(config.eventLoops(), "clients");
    this.deadlines =
        new Connection.Deadlines(
            SWEEP_TICK.toMillis(),
            ticks(config.handshakeTimeout()),
            ticks(config.livenessTimeout()),
            ticks(config.slowTimeout()),
            ticks(LINGER));
    for (EventExecutor worker : workers) {
      Lane lane = new Lane((EventLoop) worker, ByteBufAllocator.DEFAULT);
      lanes.put(lane.loop(), lane);
      lane.startSweep(SWEEP_TICK.toMillis());
    }
    this.listening = listen();
  }

  private Channel listen() throws java.io.IOException {
    Class<? extends ServerChannel> channelType =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    var bound =
        new ServerBootstrap()
            .group(boss, workers)
            .channel(channelType)
            .option(ChannelOption.SO_BACKLOG, config.backlog())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, false) // see startAccepting()
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, false) // liveness is ours
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .handler(new AcceptGuard(connections, workers))
            .childHandler(new Pipeline())
            .bind(config.host(), config.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      stopLoops();
      throw new java.net.BindException(
          "clients.port: cannot listen on "
              + config.host()
              + ":"
              + config.port()
              + ": "
              + bound.cause().getMessage());
    }
    log.info("clients connect to {} ({})", bound.channel().localAddress(), epoll ? "epoll" : "nio");
    return bound.channel();
  }

  private EventLoopGroup newGroup(int threads, String name) {
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    return new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name), io);
  }

  private static int ticks(Duration duration) {
    return (int) Math.max(1, duration.toMillis() / SWEEP_TICK.toMillis());
  }

  /** One per event loop. */
  public List<Lane> lanes() {
    return List.copyOf(lanes.values());
  }

  /** How many connections there are. */
  public ConnectionCounts connections() {
    return connections;
  }

  /** Where it listens: the configured port, or the free one that was taken. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  /** Lets clients in; until then the kernel holds those who come. */
  public void startAccepting() {
    listening.config().setAutoRead(true);
  }

  /** Takes no new connections; those there are live on. */
  public void stopAccepting() {
    listening.close().awaitUninterruptibly();
  }

  /** Closes the port and, after what is being written has had a moment, every connection. */
  @Override
  public void close() {
    stopAccepting();
    stopLoops();
  }

  private void stopLoops() {
    boss.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    workers.shutdownGracefully(50, 2_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      Lane lane = java.util.Objects.requireNonNull(lanes.get(channel.eventLoop()), "lane");
      var connection = new Connection(channel, lane, deadlines, config.maxOutbound().intBytes());
      if (connections.isOver()) {
        connection.markSurplus();
      }
      if (isProxy(channel.remoteAddress())) {
        ClientPipeline.installProxyHeader(channel, connection);
      }
      ClientPipeline.install(channel, connection, config.maxFrame().intBytes(), barrier);
    }

    private boolean isProxy(@Nullable SocketAddress address) {
      return address instanceof InetSocketAddress inet
          && config.proxyProtocolFrom().stream()
              .anyMatch(range -> range.contains(inet.getAddress()));
    }
  }
}
