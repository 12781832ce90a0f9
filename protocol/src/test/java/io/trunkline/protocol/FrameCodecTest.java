package io.trunkline.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Response;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {
  private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

  private static Frame ping(long nonce) {
    return Frame.newBuilder().setPing(Ping.newBuilder().setNonce(nonce)).build();
  }

  @Test
  void appended_isTheSameAsEncodedAlone_oneBehindTheOther() {
    ByteBuf together = Unpooled.directBuffer(1);
    ByteBuf heap = Unpooled.buffer(1);
    ByteBuf alone = Unpooled.buffer();
    for (long nonce : new long[] {1, 300, -1}) {
      FrameCodec.appendDelimited(together, ping(nonce));
      FrameCodec.appendDelimited(heap, ping(nonce));
      ByteBuf one = FrameCodec.encodeDelimited(ALLOCATOR, ping(nonce));
      alone.writeBytes(one);
      one.release();
    }
    assertThat(ByteBufUtil.getBytes(together)).isEqualTo(ByteBufUtil.getBytes(alone));
    assertThat(ByteBufUtil.getBytes(heap)).isEqualTo(ByteBufUtil.getBytes(alone));
    together.release();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 16_384, 1L << 35, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void response_isWrittenAsProtobufWritesIt(long seq) {
    for (int payloadBytes : new int[] {0, 1, 127, 128, 20_000}) {
      for (String type : new String[] {"", "text/plain", "grüße/😀"}) {
        byte[] bytes = new byte[payloadBytes];
        Arrays.fill(bytes, (byte) 0x5a);
        ByteString payload = ByteString.copyFrom(bytes);
        ByteBuf expected = Unpooled.buffer();
        FrameCodec.appendDelimited(
            expected,
            Frame.newBuilder()
                .setResponse(
                    Response.newBuilder().setSeq(seq).setPayload(payload).setContentType(type))
                .build());
        ByteBuf written = Unpooled.buffer(1);

        FrameCodec.appendResponse(written, seq, payload, type);

        assertThat(ByteBufUtil.getBytes(written)).isEqualTo(ByteBufUtil.getBytes(expected));
      }
    }
  }
}
