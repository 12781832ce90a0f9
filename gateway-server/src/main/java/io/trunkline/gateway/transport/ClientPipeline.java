package io.trunkline.gateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.util.function.Function;

/**
 * What a client's bytes go through, in this order:
 *
 * <ol>
 *   <li>{@code proxy-header}, {@code proxied-client}: only from addresses of our own proxies: who
 *       the client is, said before its first byte; gone after that
 *   <li>{@code meter}: counts the client's bytes, the only sign of life; before all that changes
 *       them
 *   <li>{@code detector}: TCP or WebSocket; replaced by the decoders, which turn bytes into frames
 *   <li>{@code barrier}: only a Hello passes; replaced by the session's handler
 * </ol>
 *
 * There is no encoder: frames are written as bytes in the connection's {@link WireFormat}.
 */
final class ClientPipeline {
  static final String FRAME_DECODER = "frame-decoder";

  /** For what proxies add to a header of at most 232 bytes: nothing of it is used. */
  private static final int MAX_PROXY_EXTRAS = 1024;

  private ClientPipeline() {}

  /** The connection comes from one of our own proxies, which says first whose it is. */
  static void installProxyHeader(Channel channel, Connection connection) {
    connection.fromProxy();
    channel
        .pipeline()
        .addLast("proxy-header", new HAProxyMessageDecoder(MAX_PROXY_EXTRAS))
        .addLast("proxied-client", new ProxiedClient(connection));
  }

  /**
   * @param barrier makes the handler that takes a new connection's first frames
   */
  static void install(
      Channel channel,
      Connection connection,
      int maxFrameBytes,
      Function<Connection, ChannelHandler> barrier) {
    channel
        .pipeline()
        .addLast("meter", new InboundMeter(connection))
        .addLast("detector", new TransportDetector(connection, maxFrameBytes))
        .addLast("barrier", barrier.apply(connection));
  }
}
