package io.trunkline.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import io.trunkline.protocol.v1.CloseCode;

/**
 * What was read last, as an array: looking at a byte costs next to nothing there, while a buffer
 * checks each access. One for each event loop, used by its connections one after the other.
 */
final class Chunk {
  /** A longer frame is read straight from its buffer. */
  static final int MAX_BYTES = 16 << 10;

  static final int INCOMPLETE = -1;

  private static final FastThreadLocal<Chunk> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected Chunk initialValue() {
          return new Chunk();
        }
      };

  private final byte[] bytes = new byte[MAX_BYTES];
  private final RequestReader requests = new RequestReader();
  private int at;
  private int end;

  private Chunk() {}

  static Chunk ofThisThread() {
    return OF_THREAD.get();
  }

  /** Takes as much as fits, without moving the reader index. */
  void fill(ByteBuf in) {
    at = 0;
    end = Math.min(in.readableBytes(), MAX_BYTES);
    in.getBytes(in.readerIndex(), bytes, 0, end);
  }

  /** What has been looked at. */
  int bytesRead() {
    return at;
  }

  /** What has not. */
  int bytesLeft() {
    return end - at;
  }

  /**
   * Reads the length in front of a frame: a varint of at most 32 bits.
   *
   * @return {@link #INCOMPLETE}: not all of it is here
   * @throws ProtocolException if it is over the limit, or is none
   */
  int length(int maxFrameBytes) {
    int length = 0;
    int available = Math.min(bytesLeft(), WireLimits.MAX_LENGTH_PREFIX_BYTES);
    for (int i = 0; i < available; i++) {
      byte next = bytes[at++];
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

  /**
   * Reads a frame of a length that is here.
   *
   * @return a {@link RequestFrame} or a {@link io.trunkline.protocol.v1.Frame}
   * @throws ProtocolException with {@code MALFORMED_FRAME}
   */
  Object frame(int length) {
    RequestFrame request = requests.read(bytes, at, length);
    Object frame =
        request == null ? RequestFrame.unwrap(FrameCodec.decode(bytes, at, length)) : request;
    at += length;
    return frame;
  }
}
