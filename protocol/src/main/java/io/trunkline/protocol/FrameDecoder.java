package io.trunkline.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Bytes of a TCP connection to frames, and nothing else: a {@link RequestFrame} for each Request, a
 * {@link io.trunkline.protocol.v1.Frame} for all others. The length is checked before the body is
 * awaited. After the first error nothing more is read: what follows has no meaning.
 */
public final class FrameDecoder extends ByteToMessageDecoder {
  private int maxFrameBytes;
  private boolean failed;

  /** Before so many bytes are there the next frame is not whole. */
  private int awaitedBytes;

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
    if (in.readableBytes() < awaitedBytes) {
      return;
    }
    try {
      readFrames(Chunk.ofThisThread(), in, out);
    } catch (ProtocolException e) {
      failed = true;
      in.skipBytes(in.readableBytes());
      throw e;
    }
  }

  /** All frames that are whole within the next chunk, or one that is longer than a chunk. */
  private void readFrames(Chunk chunk, ByteBuf in, List<Object> out) {
    chunk.fill(in);
    awaitedBytes = 0;
    int whole = 0;
    int length = chunk.length(maxFrameBytes);
    while (length != Chunk.INCOMPLETE && length <= chunk.bytesLeft()) {
      out.add(chunk.frame(length));
      whole = chunk.bytesRead();
      length = chunk.length(maxFrameBytes);
    }
    in.skipBytes(whole);
    if (length == Chunk.INCOMPLETE) {
      return;
    }
    int prefix = chunk.bytesRead() - whole;
    if (whole > 0 || in.readableBytes() < prefix + length) {
      awaitedBytes = prefix + length;
    } else {
      in.skipBytes(prefix);
      out.add(RequestFrame.unwrap(FrameCodec.decode(in, length)));
    }
  }
}
