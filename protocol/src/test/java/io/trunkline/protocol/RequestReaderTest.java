package io.trunkline.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** It reads what protobuf's own parser reads, or nothing. */
class RequestReaderTest {
  private static final String[] NAMES = {
    "", "echo", "orders", "get(long)", "grüße", "x".repeat(64), "x".repeat(65), "application/json"
  };

  private static Frame request(SplittableRandom random) {
    Request.Builder request =
        Request.newBuilder()
            .setService(NAMES[random.nextInt(NAMES.length)])
            .setMethod(NAMES[random.nextInt(NAMES.length)])
            .setContentType(NAMES[random.nextInt(NAMES.length)]);
    if (random.nextInt(5) > 0) {
      request.setSeq(random.nextLong() >>> random.nextInt(64));
    }
    if (random.nextBoolean()) {
      request.setDeadlineMs(random.nextInt());
    }
    if (random.nextInt(4) == 0) {
      request.setOneWay(true);
    }
    if (random.nextInt(4) > 0) {
      byte[] payload = new byte[random.nextInt(300)];
      random.nextBytes(payload);
      request.setPayload(ByteString.copyFrom(payload));
    }
    if (random.nextInt(10) == 0) {
      request.putHeaders("k", "v");
    }
    return Frame.newBuilder().setRequest(request).build();
  }

  private static Optional<Frame> byProtobuf(byte[] bytes) {
    try {
      return Optional.of(Frame.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  private static Optional<Frame> decoded(ByteBuf in, int bytes) {
    try {
      return Optional.of(FrameCodec.decode(in, bytes));
    } catch (ProtocolException e) {
      return Optional.empty();
    }
  }

  private static void readsTheSame(byte[] bytes, long seed) {
    ByteBuf in = Unpooled.directBuffer().writeByte(7).writeBytes(bytes).writeByte(7);
    in.readByte();
    try {
      Optional<Frame> expected = byProtobuf(bytes);
      assertThat(decoded(in, bytes.length)).as("seed %d", seed).isEqualTo(expected);
      if (expected.isPresent()) {
        assertThat(in.readableBytes()).as("seed %d", seed).isEqualTo(1);
      }
    } finally {
      in.release();
    }
  }

  @Test
  void usualRequest_isRead_andItsNamesAreNotMadeAgain() {
    Frame frame =
        Frame.newBuilder()
            .setRequest(
                Request.newBuilder()
                    .setSeq(300)
                    .setService("orders")
                    .setMethod("get")
                    .setPayload(ByteString.copyFromUtf8("{}"))
                    .setContentType("application/json")
                    .setDeadlineMs(-1)
                    .setOneWay(true))
            .build();
    byte[] bytes = frame.toByteArray();

    Frame first = RequestReader.read(Unpooled.wrappedBuffer(bytes), bytes.length);
    Frame second = RequestReader.read(Unpooled.wrappedBuffer(bytes), bytes.length);

    assertThat(first).isEqualTo(frame);
    assertThat(second).isEqualTo(frame);
    if (first == null || second == null) {
      throw new AssertionError("not read");
    }
    assertThat(second.getRequest().getService()).isSameAs(first.getRequest().getService());
  }

  @Test
  void unusualRequests_areLeftToProtobuf() {
    Request usual = Request.newBuilder().setSeq(1).setService("s").build();
    for (Request unusual :
        new Request[] {
          usual.toBuilder().putHeaders("a", "b").build(),
          usual.toBuilder().setMethod("grüße").build(),
          usual.toBuilder().setMethod("x".repeat(65)).build()
        }) {
      byte[] bytes = Frame.newBuilder().setRequest(unusual).build().toByteArray();
      assertThat(RequestReader.read(Unpooled.wrappedBuffer(bytes), bytes.length)).isNull();
      readsTheSame(bytes, 0);
    }
  }

  @Test
  void anyRequest_isReadAsProtobufReadsIt() {
    long seed = new SplittableRandom().nextLong();
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 5_000; i++) {
      readsTheSame(request(random).toByteArray(), seed);
    }
  }

  @Test
  void damagedFrames_areReadOrRefusedAsProtobufDoes() {
    long seed = new SplittableRandom().nextLong();
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 15_000; i++) {
      byte[] bytes = request(random).toByteArray();
      if (bytes.length == 0) {
        continue;
      }
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
      readsTheSame(java.util.Arrays.copyOf(bytes, length), seed);
    }
  }
}
