package io.trunkline.gateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.function.Function;

/**
 * What a client's bytes go through, in this order:
 *
 * <ol>
 *   <li>{@code meter}: counts bytes, the only sign of life; first, so that it sees them as they are
 *   <li>{@code detector}: TCP or WebSocket; replaced by the decoders, which turn bytes into frames
 *   <li>{@code barrier}: only a Hello passes; replaced by the session's handler
 * </ol>
 *
 * There is no encoder: frames are written as bytes in the connection's {@link WireFormat}.
 */
final class ClientPipeline {
  static final String FRAME_DECODER = "frame-decoder";

  private ClientPipeline() {}

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
