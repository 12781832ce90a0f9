package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Finds the frames in a stream and makes no objects of them. */
abstract class FrameReader extends ByteToMessageDecoder {

  /**
   * A whole frame, without its length prefix, from {@code start}; the buffer stays the reader's.
   */
  abstract void frame(ChannelHandlerContext context, ByteBuf in, int start, int length);

  @Override
  protected final void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    while (true) {
      int at = in.readerIndex();
      int end = in.writerIndex();
      int length = 0;
      int shift = 0;
      boolean whole = false;
      while (at < end && !whole) {
        byte next = in.getByte(at++);
        length |= (next & 0x7f) << shift;
        shift += 7;
        whole = next >= 0;
      }
      if (!whole || end - at < length) {
        return;
      }
      frame(context, in, at, length);
      in.readerIndex(at + length);
    }
  }
}
