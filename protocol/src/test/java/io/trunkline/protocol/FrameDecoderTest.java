package io.trunkline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Ping;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
  private static final Frame PING =
      Frame.newBuilder().setPing(Ping.newBuilder().setNonce(7)).build();

  private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(1_000));

  @Test
  void frames_cutAtEveryByte_comeOutWhole() {
    byte[] bytes = delimited(PING, notifyOf(300), PING);
    for (int cut = 0; cut <= bytes.length; cut++) {
      var cutChannel = new EmbeddedChannel(new FrameDecoder(1_000));
      cutChannel.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
      cutChannel.writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
      assertThat(received(cutChannel)).containsExactly(PING, notifyOf(300), PING);
      cutChannel.finishAndReleaseAll();
    }
  }

  @Test
  void length_overTheLimit_isRefusedBeforeTheBodyComes() {
    ByteBuf prefixOnly = Unpooled.wrappedBuffer(new byte[] {(byte) 0xE9, 0x07}); // 1001
    assertThatThrownBy(() -> channel.writeInbound(prefixOnly))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.code()).isEqualTo(CloseCode.FRAME_TOO_LARGE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ffffffff7f", // over 32 bits
        "ffffffff0f", // negative as an int
      })
  void length_thatIsNoSize_isRefused(String hex) {
    assertThatThrownBy(() -> channel.writeInbound(hex(hex))).isInstanceOf(ProtocolException.class);
  }

  @Test
  void length_thatNeverEnds_isMalformed() {
    assertThatThrownBy(() -> channel.writeInbound(hex("8080808080")))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.code()).isEqualTo(CloseCode.MALFORMED_FRAME));
  }

  @Test
  void body_thatIsNoFrame_isMalformed_andNothingAfterItIsRead() {
    assertThatThrownBy(() -> channel.writeInbound(hex("02ffff")))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.code()).isEqualTo(CloseCode.MALFORMED_FRAME));
    channel.writeInbound(Unpooled.wrappedBuffer(delimited(PING)));
    assertThat(received(channel)).isEmpty();
  }

  /** Whatever comes: frames or one ProtocolException, never another exception, never a leak. */
  @Test
  void garbage_isAFrameOrAProtocolError() {
    var random = new Random(20261120);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      var fuzzed = new EmbeddedChannel(new FrameDecoder(1_000));
      try {
        fuzzed.writeInbound(Unpooled.wrappedBuffer(bytes));
      } catch (ProtocolException e) {
        assertThat(e.code()).isIn(CloseCode.MALFORMED_FRAME, CloseCode.FRAME_TOO_LARGE);
      }
      fuzzed.finishAndReleaseAll();
    }
  }

  @Test
  void encoder_andDecoder_agree() {
    var out = new EmbeddedChannel(FrameEncoder.INSTANCE);
    for (int size : new int[] {0, 1, 100, 127, 128, 129, 700}) {
      out.writeOutbound(notifyOf(size));
      ByteBuf bytes = out.readOutbound();
      channel.writeInbound(bytes);
      assertThat(received(channel)).containsExactly(notifyOf(size));
    }
  }

  @Test
  void encode_hasNoPrefix() {
    for (int size : new int[] {0, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129}) {
      ByteBuf bytes = FrameCodec.encode(UnpooledByteBufAllocator.DEFAULT, notifyOf(size));
      assertThat(FrameCodec.decode(bytes, bytes.readableBytes())).isEqualTo(notifyOf(size));
      bytes.release();
    }
  }

  @Test
  void json_roundTrips_andIgnoresWhatItDoesNotKnow() {
    assertThat(FrameCodec.fromJson(FrameCodec.toJson(notifyOf(10)))).isEqualTo(notifyOf(10));
    assertThat(FrameCodec.fromJson("{\"ping\":{\"nonce\":\"7\",\"later\":1},\"new\":{}}"))
        .isEqualTo(PING);
    assertThatThrownBy(() -> FrameCodec.fromJson("{\"ping\":"))
        .isInstanceOf(ProtocolException.class);
  }

  private static Frame notifyOf(int payloadBytes) {
    return Frame.newBuilder()
        .setNotify(Notify.newBuilder().setPayload(ByteString.copyFrom(new byte[payloadBytes])))
        .build();
  }

  private static byte[] delimited(Frame... frames) {
    ByteBuf all = Unpooled.buffer();
    for (Frame frame : frames) {
      ByteBuf one = FrameCodec.encodeDelimited(UnpooledByteBufAllocator.DEFAULT, frame);
      all.writeBytes(one);
      one.release();
    }
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes).release();
    return bytes;
  }

  private static ByteBuf hex(String hex) {
    return Unpooled.wrappedBuffer(java.util.HexFormat.of().parseHex(hex));
  }

  private static List<Frame> received(EmbeddedChannel from) {
    List<Frame> frames = new ArrayList<>();
    for (Frame frame = from.readInbound(); frame != null; frame = from.readInbound()) {
      frames.add(frame);
    }
    return frames;
  }
}
