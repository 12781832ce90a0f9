package io.trunkline.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 300, -1})
  void delimited_isTheSame_inABufferAndInAnArray(long nonce) throws IOException {
    Frame ping = Frame.newBuilder().setPing(Ping.newBuilder().setNonce(nonce)).build();
    ByteBuf buffer = FrameCodec.encodeDelimited(UnpooledByteBufAllocator.DEFAULT, ping);
    byte[] array = new byte[3 + FrameCodec.delimitedBytes(ping)];

    FrameCodec.writeDelimited(array, 3, ping);

    assertThat(array).startsWith(0, 0, 0).endsWith(ByteBufUtil.getBytes(buffer));
    var in = new ByteArrayInputStream(array, 3, array.length);
    assertThat(Frame.parseDelimitedFrom(in)).isEqualTo(ping);
    assertThat(in.available()).isZero();
    buffer.release();
  }
}
