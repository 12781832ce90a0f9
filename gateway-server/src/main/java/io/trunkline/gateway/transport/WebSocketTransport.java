package io.trunkline.gateway.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.ProtocolException;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.CloseCode;
import java.util.Objects;

/** Frames in WebSocket messages: HTTP upgrade, then one message is one frame (RFC 6455). */
final class WebSocketTransport {
  private static final String BINARY = "trunkline.v1";
  private static final String JSON = "trunkline.v1.json";

  private static final int MAX_REQUEST_LINE = 4096;
  private static final int MAX_HEADERS = 8192;
  private static final int MAX_UPGRADE_BODY = 1024;

  private WebSocketTransport() {}

  static void install(
      ChannelPipeline pipeline, String after, Connection connection, int maxFrameBytes) {
    // Last added stands first: each goes right behind `after`.
    pipeline.addAfter(after, "web-socket-frames", new Messages(connection));
    pipeline.addAfter(after, "web-socket-aggregator", new WebSocketFrameAggregator(maxFrameBytes));
    pipeline.addAfter(
        after,
        "web-socket",
        new WebSocketServerProtocolHandler(
            WebSocketServerProtocolConfig.newBuilder()
                .websocketPath("/")
                .checkStartsWith(true)
                .subprotocols(BINARY + "," + JSON)
                .maxFramePayloadLength(maxFrameBytes)
                .build()));
    pipeline.addAfter(after, "http-aggregator", new HttpObjectAggregator(MAX_UPGRADE_BODY));
    pipeline.addAfter(
        after, "http", new HttpServerCodec(MAX_REQUEST_LINE, MAX_HEADERS, MAX_REQUEST_LINE));
  }

  /** WebSocket messages to frames. Our own frames are written below Netty's encoder, as bytes. */
  private static final class Messages extends SimpleChannelInboundHandler<WebSocketFrame> {
    private final Connection connection;

    Messages(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof HandshakeComplete done) {
        WireFormat format =
            JSON.equals(done.selectedSubprotocol())
                ? WireFormat.WEB_SOCKET_JSON
                : WireFormat.WEB_SOCKET;
        // Before the meter nothing writes: what is written from its context meets no encoder.
        connection.speaks(
            format,
            Objects.requireNonNull(context.pipeline().context(InboundMeter.class), "meter"));
      }
      context.fireUserEventTriggered(event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame message) {
      context.fireChannelRead(
          RequestFrame.unwrap(
              switch (message) {
                case BinaryWebSocketFrame binary ->
                    FrameCodec.decode(binary.content(), binary.content().readableBytes());
                case TextWebSocketFrame text -> FrameCodec.fromJson(text.text());
                default ->
                    throw new ProtocolException(
                        CloseCode.MALFORMED_FRAME, "neither a binary nor a text message");
              }));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.fireExceptionCaught(
          cause instanceof CodecException && !(cause instanceof ProtocolException)
              ? new ProtocolException(CloseCode.MALFORMED_FRAME, "not valid WebSocket framing")
              : cause);
    }
  }
}
