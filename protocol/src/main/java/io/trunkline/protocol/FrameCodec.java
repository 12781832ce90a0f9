package io.trunkline.protocol;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A {@link Frame} as bytes and as JSON text, and back. Stateless. */
public final class FrameCodec {
  /** A frame nests at most this deep; more is an attack. Hello and Request hold maps: depth 3. */
  private static final int MAX_DEPTH = 8;

  private static final JsonFormat.Printer JSON_PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser JSON_PARSER = JsonFormat.parser().ignoringUnknownFields();

  private FrameCodec() {}

  /** The frame behind its length as a varint: how it goes over TCP. The caller owns the buffer. */
  public static ByteBuf encodeDelimited(ByteBufAllocator allocator, Frame frame) {
    int all = delimitedBytes(frame);
    ByteBuf out = allocator.ioBuffer(all, all);
    try {
      writeDelimited(
          out.hasArray()
              ? CodedOutputStream.newInstance(out.array(), out.arrayOffset(), all)
              : CodedOutputStream.newInstance(out.nioBuffer(0, all)),
          frame);
      return out.writerIndex(all);
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
  }

  /** Bytes of the frame behind its length. */
  public static int delimitedBytes(Frame frame) {
    int bytes = frame.getSerializedSize();
    return CodedOutputStream.computeUInt32SizeNoTag(bytes) + bytes;
  }

  /** Writes the frame behind its length; there must be room for {@link #delimitedBytes}. */
  public static void writeDelimited(byte[] to, int start, Frame frame) {
    writeDelimited(CodedOutputStream.newInstance(to, start, to.length - start), frame);
  }

  private static void writeDelimited(CodedOutputStream out, Frame frame) {
    try {
      out.writeUInt32NoTag(frame.getSerializedSize());
      frame.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer of the computed size was too small", e);
    }
  }

  /** The frame alone: the content of a WebSocket message. The caller owns the buffer. */
  public static ByteBuf encode(ByteBufAllocator allocator, Frame frame) {
    ByteBuf out = encodeDelimited(allocator, frame);
    return out.skipBytes(out.readableBytes() - frame.getSerializedSize());
  }

  /**
   * Reads a frame of {@code bytes} length and moves the reader index behind it.
   *
   * @throws ProtocolException with {@code MALFORMED_FRAME}
   */
  public static Frame decode(ByteBuf in, int bytes) {
    Frame frame =
        in.hasArray()
            ? decode(in.array(), in.arrayOffset() + in.readerIndex(), bytes)
            : decode(CodedInputStream.newInstance(in.nioBuffer(in.readerIndex(), bytes)), bytes);
    in.skipBytes(bytes);
    return frame;
  }

  /**
   * Reads a frame. Nothing of the array is kept.
   *
   * @throws ProtocolException with {@code MALFORMED_FRAME}
   */
  static Frame decode(byte[] from, int start, int bytes) {
    return decode(CodedInputStream.newInstance(from, start, bytes), bytes);
  }

  private static Frame decode(CodedInputStream in, int bytes) {
    in.setRecursionLimit(MAX_DEPTH);
    try {
      return Frame.parseFrom(in);
    } catch (IOException e) {
      throw new ProtocolException(
          CloseCode.MALFORMED_FRAME, "a frame of " + bytes + " bytes is not a Frame");
    }
  }

  /** The frame in protobuf's JSON mapping, on one line. */
  public static String toJson(Frame frame) {
    try {
      return JSON_PRINTER.print(frame);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a frame holds no Any, so it always has a JSON form", e);
    }
  }

  /**
   * @throws ProtocolException with {@code MALFORMED_FRAME}
   */
  public static Frame fromJson(String json) {
    Frame.Builder frame = Frame.newBuilder();
    try {
      JSON_PARSER.merge(json, frame);
    } catch (InvalidProtocolBufferException e) {
      throw new ProtocolException(
          CloseCode.MALFORMED_FRAME, "a text message is not a Frame in JSON");
    }
    return frame.build();
  }
}
