package io.trunkline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.trunkline.protocol.FrameDecoder;
import io.trunkline.protocol.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells WebSocket from TCP by the first bytes, puts the right decoders in its place and is gone. No
 * TCP frame begins with {@code GET }: its second byte would be the tag of {@code Frame} field 8,
 * which the protocol reserves.
 */
final class TransportDetector extends ByteToMessageDecoder {
  private static final byte[] HTTP_GET = "GET ".getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final int maxFrameBytes;

  TransportDetector(Connection connection, int maxFrameBytes) {
    this.connection = connection;
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int available = Math.min(in.readableBytes(), HTTP_GET.length);
    for (int i = 0; i < available; i++) {
      if (in.getByte(in.readerIndex() + i) != HTTP_GET[i]) {
        speakTcp(context);
        return;
      }
    }
    if (available == HTTP_GET.length) {
      WebSocketTransport.install(context.pipeline(), context.name(), connection, maxFrameBytes);
      context.pipeline().remove(this);
    }
  }

  private void speakTcp(ChannelHandlerContext context) {
    ChannelPipeline pipeline = context.pipeline();
    pipeline.addAfter(
        context.name(), ClientPipeline.FRAME_DECODER, new FrameDecoder(WireLimits.MAX_HELLO_BYTES));
    connection.speaks(WireFormat.TCP, pipeline.context(ClientPipeline.FRAME_DECODER));
    pipeline.remove(this);
  }
}
