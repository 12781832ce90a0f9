package io.trunkline.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import java.util.List;

/**
 * Bytes of a TCP connection to {@link Frame}s, and nothing else. The length is checked before the
 * body is awaited. After the first error nothing more is read: what follows has no meaning.
 */
public final class FrameDecoder extends ByteToMessageDecoder {
  private static final int INCOMPLETE = -1;

  private int maxFrameBytes;
  private boolean failed;

  /**
   * @param maxFrameBytes largest encoded frame, without its length prefix
   */
  public FrameDecoder(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** From now on; a first frame may be allowed less than those after it. Event loop only. */
  public void maxFrameBytes(int bytes) {
    maxFrameBytes = bytes;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (failed) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      int start = in.readerIndex();
      int length = readLength(in);
      if (length == INCOMPLETE || in.readableBytes() < length) {
        in.readerIndex(start);
        return;
      }
      out.add(FrameCodec.decode(in, length));
    } catch (ProtocolException e) {
      failed = true;
      in.skipBytes(in.readableBytes());
      throw e;
    }
  }

  /** A varint of at most 32 bits, or {@link #INCOMPLETE}. */
  private int readLength(ByteBuf in) {
    int length = 0;
    int available = Math.min(in.readableBytes(), WireLimits.MAX_LENGTH_PREFIX_BYTES);
    for (int i = 0; i < available; i++) {
      byte next = in.readByte();
      length |= (next & 0x7f) << (7 * i);
      if (next >= 0) {
        if (length < 0 || length > maxFrameBytes) {
          throw new ProtocolException(
              CloseCode.FRAME_TOO_LARGE,
              "a frame of "
                  + Integer.toUnsignedString(length)
                  + " bytes is over the limit of "
                  + maxFrameBytes);
        }
        return length;
      }
    }
    if (available == WireLimits.MAX_LENGTH_PREFIX_BYTES) {
      throw new ProtocolException(
          CloseCode.MALFORMED_FRAME, "a frame's length has more than 5 bytes");
    }
    return INCOMPLETE;
  }
}
