package io.trunkline.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;

/** Frames that the load is made of, and the tags by which answers are told apart. */
final class Wire {
  /** First byte of a frame: number of its body's field, wire type 2. */
  static final int REQUEST = tag(Frame.REQUEST_FIELD_NUMBER);

  static final int RESPONSE = tag(Frame.RESPONSE_FIELD_NUMBER);
  static final int NOTIFY = tag(Frame.NOTIFY_FIELD_NUMBER);
  static final int ACK = tag(Frame.ACK_FIELD_NUMBER);

  /** First byte of those whose tag has two; the second is the same for all of them. */
  static final int WELCOME = (tag(Frame.WELCOME_FIELD_NUMBER) & 0x7f) | 0x80;

  /** Body of a message to everyone, as a JMS publisher sends it. */
  static final int MESSAGE_BYTES = 100;

  /** Field 1 of Request and Response. */
  private static final int SEQ = 1 << 3;

  /** Follows seq where the status is OK, which is not written. */
  private static final int RESPONSE_PAYLOAD = tag(Response.PAYLOAD_FIELD_NUMBER);

  private Wire() {}

  private static int tag(int field) {
    return field << 3 | 2;
  }

  static IoHandlerFactory io() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  static ByteBuf hello(String token, String device) {
    return hello(token, device, ByteString.EMPTY);
  }

  static ByteBuf hello(String token, String device, ByteString resumeToken) {
    return encode(
        Frame.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setToken(token)
                    .setClientName("bench")
                    .setClientVersion("1")
                    .setDeviceId(device)
                    .setResumeToken(resumeToken)
                    .setPlatform("linux"))
            .build());
  }

  /** A call of echo.echo; {@code seq} below 128 so that it is one byte. */
  static ByteBuf echoRequest(int seq, int payloadBytes) {
    return encode(
        Frame.newBuilder()
            .setRequest(
                Request.newBuilder()
                    .setSeq(seq)
                    .setService("echo")
                    .setMethod("echo")
                    .setPayload(zeros(payloadBytes)))
            .build());
  }

  /** What the gateway makes of a message to everyone, about byte for byte. */
  static ByteBuf notification() {
    return encode(
        Frame.newBuilder()
            .setNotify(
                Notify.newBuilder()
                    .setMessageId("ID:00000000-0000-0000-0000-000000000000")
                    .setContentType("application/octet-stream")
                    .setPayload(zeros(MESSAGE_BYTES))
                    .setPublishedMs(1_700_000_000_000L))
            .build());
  }

  /**
   * The seq of a response, or of a request that came back; 0 if the call failed: the frames of this
   * class have one byte for seq and for no status.
   */
  static int seqOfEcho(ByteBuf in, int start) {
    int tag = in.getUnsignedByte(start);
    int at = start + 1;
    while (in.getByte(at) < 0) {
      at++;
    }
    int seq = in.getByte(at + 1) == SEQ ? in.getByte(at + 2) : 0;
    return tag == REQUEST || (tag == RESPONSE && in.getByte(at + 3) == RESPONSE_PAYLOAD) ? seq : 0;
  }

  /** The acknowledgement of a notification, copied from its message id. */
  static ByteBuf ack(ByteBufAllocator allocator, ByteBuf in, int start) {
    int at = start + 1;
    while (in.getByte(at) < 0) {
      at++;
    }
    at++; // the message id's tag: the first field of both messages
    int idBytes = 2 + in.getByte(at + 1);
    return allocator
        .ioBuffer(3 + idBytes)
        .writeByte(2 + idBytes)
        .writeByte(ACK)
        .writeByte(idBytes)
        .writeBytes(in, at, idBytes);
  }

  private static ByteString zeros(int bytes) {
    return UnsafeByteOperations.unsafeWrap(new byte[bytes]);
  }

  private static ByteBuf encode(Frame frame) {
    return FrameCodec.encodeDelimited(UnpooledByteBufAllocator.DEFAULT, frame);
  }
}
