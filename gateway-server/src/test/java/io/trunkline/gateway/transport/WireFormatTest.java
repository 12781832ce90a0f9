package io.trunkline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.FrameDecoder;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatTest {
  private static Frame frame(int payloadBytes) {
    return Frame.newBuilder()
        .setNotify(Notify.newBuilder().setPayload(ByteString.copyFrom(new byte[payloadBytes])))
        .build();
  }

  private static EmbeddedChannel webSocketClient() {
    return new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 1 << 20));
  }

  /** Around each size at which RFC 6455's length field changes its form. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100, 117, 118, 119, 120, 121, 122, 123, 65_500, 65_525, 65_530, 70_000})
  void everyFormat_isReadBackByAStandardDecoder(int payloadBytes) {
    Frame frame = frame(payloadBytes);

    var tcp = new EmbeddedChannel(new FrameDecoder(1 << 20));
    tcp.writeInbound(WireFormat.TCP.encode(UnpooledByteBufAllocator.DEFAULT, frame));
    assertThat((Frame) tcp.readInbound()).isEqualTo(frame);

    var binary = webSocketClient();
    binary.writeInbound(WireFormat.WEB_SOCKET.encode(UnpooledByteBufAllocator.DEFAULT, frame));
    BinaryWebSocketFrame message = binary.readInbound();
    ByteBuf content = message.content();
    assertThat(FrameCodec.decode(content, content.readableBytes())).isEqualTo(frame);
    message.release();

    var json = webSocketClient();
    json.writeInbound(WireFormat.WEB_SOCKET_JSON.encode(UnpooledByteBufAllocator.DEFAULT, frame));
    TextWebSocketFrame text = json.readInbound();
    assertThat(FrameCodec.fromJson(text.text())).isEqualTo(frame);
    text.release();
  }

  @Test
  void close_carriesTheCode_andNeverHalfACharacter() {
    var client = webSocketClient();
    client.writeInbound(
        WireFormat.WEB_SOCKET.encodeClose(
            UnpooledByteBufAllocator.DEFAULT, 4502, "x" + "ä".repeat(100)));
    CloseWebSocketFrame close = client.readInbound();
    assertThat(close.statusCode()).isEqualTo(4502);
    assertThat(close.reasonText()).isEqualTo("x" + "ä".repeat(61));
    close.release();
  }
}
