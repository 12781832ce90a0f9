package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.trunkline.protocol.FrameDecoder;
import io.trunkline.protocol.FrameEncoder;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.WireLimits;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Welcome;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gateway on a real socket that does only what a test tells it, step by step. */
public final class FakeGateway implements AutoCloseable {
  private static final long PATIENCE_S = 5;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
  private final boolean webSocket;
  private final Channel server;

  private FakeGateway(boolean webSocket) {
    this.webSocket = webSocket;
    server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    initialize(channel);
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  public static FakeGateway tcp() {
    return new FakeGateway(false);
  }

  static FakeGateway webSocket() {
    return new FakeGateway(true);
  }

  private void initialize(Channel channel) {
    if (webSocket) {
      channel
          .pipeline()
          .addLast(new HttpServerCodec())
          .addLast(new HttpObjectAggregator(8 << 10))
          .addLast(new WebSocketServerProtocolHandler("/any/path", "trunkline.v1"))
          .addLast(new WebSocketFrames());
    } else {
      channel
          .pipeline()
          .addLast(new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME_BYTES))
          .addLast(FrameEncoder.INSTANCE);
    }
    channel.pipeline().addLast(new Peer(channel));
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  public String url() {
    return webSocket ? "ws://127.0.0.1:" + port() + "/any/path" : "tcp://127.0.0.1:" + port();
  }

  /** The next connection whose first frame has come. */
  public Peer accept() throws InterruptedException {
    Peer peer = peers.poll(PATIENCE_S, TimeUnit.SECONDS);
    assertThat(peer).as("a connection").isNotNull();
    return peer;
  }

  /** The next connection, answered with Welcome. */
  public Peer welcome() throws InterruptedException {
    Peer peer = accept();
    Hello unused = peer.hello();
    peer.welcome();
    return peer;
  }

  boolean hasNoConnection() {
    return peers.isEmpty();
  }

  @Override
  public void close() {
    if (group.isShuttingDown()) {
      return;
    }
    server.close().syncUninterruptibly();
    var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static Frame framed(RequestFrame request) {
    return Frame.newBuilder()
        .setRequest(
            Request.newBuilder()
                .setSeq(request.seq())
                .setService(request.service())
                .setMethod(request.method())
                .setPayload(request.payload())
                .setContentType(request.contentType())
                .setDeadlineMs(request.deadlineMs())
                .setOneWay(request.oneWay())
                .putAllHeaders(request.headers()))
        .build();
  }

  /** The gateway's side of one connection. */
  public final class Peer extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    private boolean announced;

    Peer(Channel channel) {
      this.channel = channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      frames.add(message instanceof RequestFrame request ? framed(request) : (Frame) message);
      if (!announced) {
        announced = true;
        peers.add(this);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }

    @Nullable Frame poll(long ms) throws InterruptedException {
      return frames.poll(ms, TimeUnit.MILLISECONDS);
    }

    public Frame take() throws InterruptedException {
      Frame frame = frames.poll(PATIENCE_S, TimeUnit.SECONDS);
      assertThat(frame).as("a frame").isNotNull();
      return frame;
    }

    public Hello hello() throws InterruptedException {
      Frame frame = take();
      assertThat(frame.hasHello()).as("%s is a Hello", frame).isTrue();
      return frame.getHello();
    }

    public Request request() throws InterruptedException {
      Frame frame = take();
      assertThat(frame.hasRequest()).as("%s is a Request", frame).isTrue();
      return frame.getRequest();
    }

    public void send(Frame.Builder frame) {
      channel.writeAndFlush(frame.build()).syncUninterruptibly();
    }

    /** Without waiting until it is written. */
    void write(Frame.Builder frame) {
      var unused = channel.writeAndFlush(frame.build());
    }

    void welcome() {
      welcome(
          Welcome.newBuilder()
              .setLimits(
                  Limits.newBuilder().setMaxFrameBytes(64 << 10).setMaxOutstandingRequests(100)));
    }

    public void welcome(Welcome.Builder welcome) {
      send(Frame.newBuilder().setWelcome(welcome.setSessionId("s-1").setNodeId("n-1")));
    }

    public void error(CloseCode code, String message) {
      send(Frame.newBuilder().setError(Error.newBuilder().setCode(code).setMessage(message)));
      close();
    }

    public void notify(Notify.Builder notify) {
      send(Frame.newBuilder().setNotify(notify));
    }

    public void answer(Request request, Status status, String text) {
      send(
          Frame.newBuilder()
              .setResponse(
                  Response.newBuilder()
                      .setSeq(request.getSeq())
                      .setStatus(status)
                      .setMessage(status == Status.OK ? "" : text)
                      .setPayload(
                          com.google.protobuf.ByteString.copyFrom(
                              status == Status.OK ? text : "", StandardCharsets.UTF_8))));
    }

    void bytes(byte[] raw) {
      // Below the codec, as it is.
      channel.pipeline().firstContext().writeAndFlush(Unpooled.wrappedBuffer(raw));
    }

    void closeWebSocket(int code, String reason) {
      var unused = channel.writeAndFlush(new CloseWebSocketFrame(code, reason));
    }

    public void close() {
      channel.close().syncUninterruptibly();
    }

    void awaitClosed() throws InterruptedException {
      assertThat(channel.closeFuture().await(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
    }
  }
}
