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
import io.trunkline.protocol.v1.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
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

  /** Requests, other frames, odd ones, and one that is longer than what is looked at in one go. */
  @Test
  void framesOfAllKinds_cutAnywhere_areReadAsProtobufReadsThem() {
    Frame[] frames = {
      request(1, "echo", 0),
      PING,
      request(-1, "grüße", 10),
      Frame.getDefaultInstance(),
      request(2, "echo", 300),
      notifyOf(Chunk.MAX_BYTES),
      request(3, "echo", Chunk.MAX_BYTES + 1),
      request(4, "echo", 5),
    };
    byte[] bytes = delimited(frames);
    Object[] expected = Stream.of(frames).map(RequestFrame::unwrap).toArray();
    for (int cut = 0; cut <= bytes.length; cut = cut < 1_000 ? cut + 1 : cut + 61) {
      var cutChannel = new EmbeddedChannel(new FrameDecoder(1 << 20));
      cutChannel.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
      cutChannel.writeInbound(
          Unpooled.directBuffer(bytes.length).writeBytes(bytes, cut, bytes.length - cut));
      assertThat(received(cutChannel)).containsExactly(expected);
      cutChannel.finishAndReleaseAll();
    }
  }

  @Test
  void framesByteByByte_comeOutAsSoonAsTheyAreWhole() {
    byte[] bytes = delimited(request(1, "echo", 20), PING);
    for (int i = 0; i < bytes.length; i++) {
      assertThat(received(channel)).hasSize(i == bytes.length - delimited(PING).length ? 1 : 0);
      channel.writeInbound(Unpooled.copiedBuffer(bytes, i, 1));
    }
    assertThat(received(channel)).containsExactly(PING);
  }

  @Test
  void framesBeforeADamagedOne_comeOut_andThenTheError() {
    byte[] good = delimited(request(1, "echo", 20), PING);
    ByteBuf bytes =
        Unpooled.buffer()
            .writeBytes(good)
            .writeBytes(new byte[] {2, (byte) 0xff, (byte) 0xff})
            .writeBytes(good);
    assertThatThrownBy(() -> channel.writeInbound(bytes)).isInstanceOf(ProtocolException.class);
    assertThat(received(channel)).hasSize(2);
    assertThat(bytes.refCnt()).isZero();
  }

  @Test
  void limit_mayBeRaisedBetweenReads() {
    var decoder = new FrameDecoder(100);
    var raised = new EmbeddedChannel(decoder);
    byte[] bytes = delimited(notifyOf(80), notifyOf(300));
    int first = delimited(notifyOf(80)).length;
    raised.writeInbound(Unpooled.copiedBuffer(bytes, 0, first));
    decoder.maxFrameBytes(400);
    raised.writeInbound(Unpooled.copiedBuffer(bytes, first, bytes.length - first));
    assertThat(received(raised)).containsExactly(notifyOf(80), notifyOf(300));
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

  private static Frame request(long seq, String service, int payloadBytes) {
    return Frame.newBuilder()
        .setRequest(
            Request.newBuilder()
                .setSeq(seq)
                .setService(service)
                .setPayload(ByteString.copyFrom(new byte[payloadBytes])))
        .build();
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

  private static List<Object> received(EmbeddedChannel from) {
    List<Object> frames = new ArrayList<>();
    for (Object frame = from.readInbound(); frame != null; frame = from.readInbound()) {
      frames.add(frame);
    }
    return frames;
  }
}
