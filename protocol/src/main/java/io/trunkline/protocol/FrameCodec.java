package io.trunkline.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import com.google.protobuf.util.JsonFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Response;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A {@link Frame} as bytes and as JSON text, and back. Stateless. */
public final class FrameCodec {
  /** A frame nests at most this deep; more is an attack. Hello and Request hold maps: depth 3. */
  private static final int MAX_DEPTH = 8;

  private static final byte FRAME_RESPONSE =
      tag(Frame.RESPONSE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final byte RESPONSE_SEQ =
      tag(Response.SEQ_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final byte RESPONSE_PAYLOAD =
      tag(Response.PAYLOAD_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final byte RESPONSE_CONTENT_TYPE =
      tag(Response.CONTENT_TYPE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private static final JsonFormat.Printer JSON_PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser JSON_PARSER = JsonFormat.parser().ignoringUnknownFields();

  private FrameCodec() {}

  /** The frame behind its length as a varint: how it goes over TCP. The caller owns the buffer. */
  public static ByteBuf encodeDelimited(ByteBufAllocator allocator, Frame frame) {
    int bytes = frame.getSerializedSize();
    int all = CodedOutputStream.computeUInt32SizeNoTag(bytes) + bytes;
    ByteBuf out = allocator.ioBuffer(all, all);
    try {
      appendDelimited(out, frame);
      return out;
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
  }

  /** Writes the frame behind its length into a buffer that has other frames already. */
  public static void appendDelimited(ByteBuf out, Frame frame) {
    int bytes = frame.getSerializedSize();
    int all = CodedOutputStream.computeUInt32SizeNoTag(bytes) + bytes;
    out.ensureWritable(all);
    int start = out.writerIndex();
    try {
      CodedOutputStream coded =
          out.hasArray()
              ? CodedOutputStream.newInstance(out.array(), out.arrayOffset() + start, all)
              : CodedOutputStream.newInstance(out.nioBuffer(start, all));
      coded.writeUInt32NoTag(bytes);
      frame.writeTo(coded);
      coded.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer of the computed size was too small", e);
    }
    out.writerIndex(start + all);
  }

  /**
   * Writes the Frame of a Response with status OK and no headers, as {@link #appendDelimited}
   * would: answers are the most frequent frames of all, and this makes no objects of them.
   */
  public static void appendResponse(ByteBuf out, long seq, ByteString payload, String contentType) {
    int typeBytes = ByteBufUtil.utf8Bytes(contentType);
    int responseBytes =
        (seq == 0 ? 0 : 1 + CodedOutputStream.computeUInt64SizeNoTag(seq))
            + lengthDelimited(payload.size())
            + lengthDelimited(typeBytes);
    int frameBytes = 1 + CodedOutputStream.computeUInt32SizeNoTag(responseBytes) + responseBytes;
    out.ensureWritable(CodedOutputStream.computeUInt32SizeNoTag(frameBytes) + frameBytes);
    writeVarint(out, frameBytes);
    out.writeByte(FRAME_RESPONSE);
    writeVarint(out, responseBytes);
    if (seq != 0) {
      out.writeByte(RESPONSE_SEQ);
      writeVarint(out, seq);
    }
    if (!payload.isEmpty()) {
      out.writeByte(RESPONSE_PAYLOAD);
      writeVarint(out, payload.size());
      out.writeBytes(payload.asReadOnlyByteBuffer());
    }
    if (typeBytes > 0) {
      out.writeByte(RESPONSE_CONTENT_TYPE);
      writeVarint(out, typeBytes);
      ByteBufUtil.writeUtf8(out, contentType);
    }
  }

  /** A field with its tag and length; an empty one is not written. */
  private static int lengthDelimited(int bytes) {
    return bytes == 0 ? 0 : 1 + CodedOutputStream.computeUInt32SizeNoTag(bytes) + bytes;
  }

  private static void writeVarint(ByteBuf out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  private static byte tag(int field, int wireType) {
    return (byte) ((field << 3) | wireType);
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
    CodedInputStream coded =
        in.hasArray()
            ? CodedInputStream.newInstance(in.array(), in.arrayOffset() + in.readerIndex(), bytes)
            : CodedInputStream.newInstance(in.nioBuffer(in.readerIndex(), bytes));
    coded.setRecursionLimit(MAX_DEPTH);
    try {
      Frame frame = Frame.parseFrom(coded);
      in.skipBytes(bytes);
      return frame;
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
