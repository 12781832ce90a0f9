package io.trunkline.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.trunkline.protocol.FrameDecoder;
import io.trunkline.protocol.FrameEncoder;
import java.net.InetSocketAddress;

/** Opens connections and puts their pipelines together. */
final class Transport {
  private static final String SUBPROTOCOL = "trunkline.v1";
  private static final int MAX_UPGRADE_ANSWER_BYTES = 8 << 10;

  /** Over this the connection takes no more calls, until half of it is written. */
  private static final int MAX_UNWRITTEN_BYTES = 4 << 20;

  private static final int FLUSH_AFTER_FRAMES = 256;

  private Transport() {}

  /**
   * @param address resolved: looking names up would block the event loop
   */
  static ChannelFuture connect(
      ClientThreads threads,
      ClientOptions options,
      Endpoint endpoint,
      InetSocketAddress address,
      Connection connection) {
    return new Bootstrap()
        .group(threads.loop())
        .channel(threads.channelType())
        .disableResolver()
        .option(ChannelOption.TCP_NODELAY, true)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            (int) Math.min(options.timeouts().connect().toMillis(), Integer.MAX_VALUE))
        .option(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(MAX_UNWRITTEN_BYTES / 2, MAX_UNWRITTEN_BYTES))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new InboundBytes(connection));
                if (endpoint.webSocket()) {
                  addWebSocket(channel.pipeline(), endpoint, options);
                } else {
                  addTcp(channel.pipeline(), options);
                }
                channel.pipeline().addLast(connection);
              }
            })
        .connect(address);
  }

  private static void addTcp(ChannelPipeline pipeline, ClientOptions options) {
    pipeline
        .addLast(new FlushConsolidationHandler(FLUSH_AFTER_FRAMES, true))
        .addLast(new FrameDecoder(options.maxFrameBytes()))
        .addLast(FrameEncoder.INSTANCE);
  }

  private static void addWebSocket(
      ChannelPipeline pipeline, Endpoint endpoint, ClientOptions options) {
    pipeline
        .addLast(new FlushConsolidationHandler(FLUSH_AFTER_FRAMES, true))
        .addLast(new HttpClientCodec())
        .addLast(new HttpObjectAggregator(MAX_UPGRADE_ANSWER_BYTES))
        .addLast(
            new WebSocketClientProtocolHandler(
                WebSocketClientProtocolConfig.newBuilder()
                    .webSocketUri(endpoint.url())
                    .subprotocol(SUBPROTOCOL)
                    .maxFramePayloadLength(options.maxFrameBytes())
                    // The close code is the reason, which Connection wants to know.
                    .handleCloseFrames(false)
                    .handshakeTimeoutMillis(options.timeouts().handshake().toMillis())
                    .build()))
        .addLast(new WebSocketFrameAggregator(options.maxFrameBytes()))
        .addLast(new WebSocketFrames());
  }

  /** Sees all that comes in, before anything is made of it. */
  private static final class InboundBytes extends ChannelInboundHandlerAdapter {
    private final Connection connection;

    InboundBytes(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      connection.heard();
      context.fireChannelRead(message);
    }
  }
}
