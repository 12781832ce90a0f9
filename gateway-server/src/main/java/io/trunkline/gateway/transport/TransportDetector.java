package io.trunkline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.trunkline.protocol.FrameDecoder;
import io.trunkline.protocol.ProtocolException;
import io.trunkline.protocol.WireLimits;
import io.trunkline.protocol.v1.CloseCode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells WebSocket from TCP by the first bytes, puts the right decoders in its place and is gone. No
 * TCP frame begins with {@code GET }: its second byte would be the tag of {@code Frame} field 8,
 * which the protocol reserves. A proxy's header is told from both: from an address that is not
 * trusted it is a mistake in somebody's configuration, or a lie.
 */
final class TransportDetector extends ByteToMessageDecoder {
  private static final byte[] HTTP_GET = "GET ".getBytes(StandardCharsets.US_ASCII);

  /** How PROXY headers begin (versions 1 and 2); as lengths and tags these bytes contradict. */
  private static final List<byte[]> PROXY_HEADERS =
      List.of("PROX".getBytes(StandardCharsets.US_ASCII), new byte[] {'\r', '\n', '\r', '\n'});

  private final Connection connection;
  private final int maxFrameBytes;

  TransportDetector(Connection connection, int maxFrameBytes) {
    this.connection = connection;
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    boolean whole = in.readableBytes() >= HTTP_GET.length;
    if (begins(in, HTTP_GET)) {
      if (whole) {
        WebSocketTransport.install(context.pipeline(), context.name(), connection, maxFrameBytes);
        context.pipeline().remove(this);
      }
    } else if (PROXY_HEADERS.stream().noneMatch(header -> begins(in, header))) {
      speakTcp(context);
      context.pipeline().remove(this);
    } else if (whole) {
      speakTcp(context);
      in.skipBytes(in.readableBytes());
      context.pipeline().remove(this);
      throw new ProtocolException(
          CloseCode.MALFORMED_FRAME, "a PROXY header is not expected from this address");
    }
  }

  /** Whether what is there so far is the beginning of that. */
  private static boolean begins(ByteBuf in, byte[] with) {
    int available = Math.min(in.readableBytes(), with.length);
    for (int i = 0; i < available; i++) {
      if (in.getByte(in.readerIndex() + i) != with[i]) {
        return false;
      }
    }
    return true;
  }

  private void speakTcp(ChannelHandlerContext context) {
    ChannelPipeline pipeline = context.pipeline();
    pipeline.addAfter(
        context.name(), ClientPipeline.FRAME_DECODER, new FrameDecoder(WireLimits.MAX_HELLO_BYTES));
    connection.speaks(WireFormat.TCP, pipeline.context(ClientPipeline.FRAME_DECODER));
  }
}
