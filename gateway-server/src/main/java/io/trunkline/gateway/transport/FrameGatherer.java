package io.trunkline.gateway.transport;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.ResponseWriter;
import io.trunkline.protocol.v1.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one connection since its last write, one behind the other: a batch of answers is one
 * write. One array serves all connections of a lane, for one of them at a time; when another's turn
 * comes, what is there is written first. It becomes a buffer of just its size: what a slow client
 * does not take may stay for long. Confined to the event loop.
 */
final class FrameGatherer {
  /** More in one buffer saves nothing. */
  static final int CAPACITY = 16 << 10;

  private final byte[] bytes = new byte[CAPACITY];
  private final ResponseWriter responses = new ResponseWriter();
  private @Nullable ConnectionOutput of;
  private int used;

  /**
   * Puts a frame behind what is there.
   *
   * @return its bytes; 0: it is too large to be gathered
   */
  int add(ConnectionOutput connection, Frame frame) {
    int size = FrameCodec.delimitedBytes(frame);
    if (!makeRoom(connection, size)) {
      return 0;
    }
    FrameCodec.writeDelimited(bytes, used, frame);
    used += size;
    return size;
  }

  /**
   * The same with the Response of a call that ended OK, without headers.
   *
   * @return its bytes; 0: it is too large to be gathered
   */
  int addResponse(ConnectionOutput connection, long seq, ByteString payload, String contentType) {
    if (!makeRoom(connection, ResponseWriter.roomFor(payload, contentType))) {
      return 0;
    }
    int start = used;
    used = responses.write(bytes, start, seq, payload, contentType);
    return used - start;
  }

  private boolean makeRoom(ConnectionOutput connection, long size) {
    if (size > CAPACITY) {
      return false;
    }
    while (of != null && (of != connection || size > CAPACITY - used)) {
      of.writeGathered();
    }
    of = connection;
    return true;
  }

  /** What waits here for this connection. */
  int bytesOf(ConnectionOutput connection) {
    return of == connection ? used : 0;
  }

  /** All that waits here for this connection, which is then nothing; null: there was nothing. */
  @Nullable ByteBuf take(ConnectionOutput connection, ByteBufAllocator allocator) {
    if (of != connection) {
      return null;
    }
    ByteBuf taken = allocator.ioBuffer(used, used).writeBytes(bytes, 0, used);
    discard(connection);
    return taken;
  }

  /** The connection is over. */
  void discard(ConnectionOutput connection) {
    if (of == connection) {
      of = null;
      used = 0;
    }
  }
}
