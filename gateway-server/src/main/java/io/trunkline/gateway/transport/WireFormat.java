package io.trunkline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.v1.Frame;
import java.nio.charset.StandardCharsets;

/**
 * How frames look on a connection, down to the last byte: a frame for many sessions is encoded once
 * per format, and several frames one after the other are one buffer and one write.
 */
public enum WireFormat {
  /** The frame behind its length. */
  TCP("tcp") {
    @Override
    public ByteBuf encode(ByteBufAllocator allocator, Frame frame) {
      return FrameCodec.encodeDelimited(allocator, frame);
    }

    @Override
    ByteBuf encodeClose(ByteBufAllocator allocator, int code, String reason) {
      return Unpooled.EMPTY_BUFFER;
    }
  },

  /** The frame as a binary WebSocket message. */
  WEB_SOCKET("ws") {
    @Override
    public ByteBuf encode(ByteBufAllocator allocator, Frame frame) {
      return message(allocator, OPCODE_BINARY, FrameCodec.encode(allocator, frame));
    }
  },

  /** The frame in protobuf's JSON mapping as a text WebSocket message. */
  WEB_SOCKET_JSON("ws-json") {
    @Override
    public ByteBuf encode(ByteBufAllocator allocator, Frame frame) {
      return message(
          allocator, OPCODE_TEXT, ByteBufUtil.writeUtf8(allocator, FrameCodec.toJson(frame)));
    }
  };

  // RFC 6455, 5.2: FIN set, opcode; a server does not mask.
  private static final int FIN = 0x80;
  private static final int OPCODE_TEXT = 1;
  private static final int OPCODE_BINARY = 2;
  private static final int OPCODE_CLOSE = 8;

  /** RFC 6455, 5.5: a control frame carries at most 125 bytes, 2 of them the code. */
  private static final int MAX_CLOSE_REASON_BYTES = 123;

  private final String label;

  WireFormat(String label) {
    this.label = label;
  }

  /** As it is told in history: {@code tcp}, {@code ws}, {@code ws-json}. */
  public String label() {
    return label;
  }

  /** The frame's bytes as they go to the socket. The caller owns the buffer. */
  public abstract ByteBuf encode(ByteBufAllocator allocator, Frame frame);

  /**
   * What the transport itself says at the end, after the last frame. The caller owns the buffer.
   */
  ByteBuf encodeClose(ByteBufAllocator allocator, int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, MAX_CLOSE_REASON_BYTES);
    while (length < text.length && (text[length] & 0xC0) == 0x80) {
      length--; // do not cut a character in two
    }
    ByteBuf payload = allocator.buffer(2 + length).writeShort(code).writeBytes(text, 0, length);
    return message(allocator, OPCODE_CLOSE, payload);
  }

  private static ByteBuf message(ByteBufAllocator allocator, int opcode, ByteBuf payload) {
    try {
      int length = payload.readableBytes();
      ByteBuf out = allocator.ioBuffer(10 + length);
      out.writeByte(FIN | opcode);
      if (length < 126) {
        out.writeByte(length);
      } else if (length < 1 << 16) {
        out.writeByte(126).writeShort(length);
      } else {
        out.writeByte(127).writeLong(length);
      }
      return out.writeBytes(payload);
    } finally {
      payload.release();
    }
  }
}
