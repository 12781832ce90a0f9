package io.trunkline.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt */
class ProxyProtocolTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  /** 203.0.113.9 port 4711 to 10.0.0.1 port 7400. */
  private static final String V2_IPV4 = SIGNATURE + "2111000ccb0071090a0000011267" + "1ce8";

  /** The same with a TLV (type 3, CRC32C, of 4 bytes). */
  private static final String V2_WITH_TLV =
      SIGNATURE + "21110013cb0071090a0000011267" + "1ce8" + "03000400000000";

  /** 2001:db8::9 port 4711. */
  private static final String V2_IPV6 =
      SIGNATURE
          + "21210024"
          + "20010db8000000000000000000000009"
          + "20010db8000000000000000000000001"
          + "12671ce8";

  private static final String V2_LOCAL = SIGNATURE + "20000000";

  private final EngineHarness engine = new EngineHarness();

  private static ByteBuf v1(String line) {
    return Unpooled.copiedBuffer(line + "\r\n", StandardCharsets.US_ASCII);
  }

  private static ByteBuf v2(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
  }

  private static ByteBuf hello() {
    return FrameCodec.encodeDelimited(
        UnpooledByteBufAllocator.DEFAULT, EngineHarness.hello(EngineHarness.token("alice"), "d1"));
  }

  static List<Arguments> headers() {
    return List.of(
        Arguments.of(v1("PROXY TCP4 203.0.113.9 10.0.0.1 4711 7400"), "203.0.113.9:4711"),
        Arguments.of(
            v1("PROXY TCP6 2001:db8::9 2001:db8::1 4711 7400"), "2001:db8:0:0:0:0:0:9:4711"),
        Arguments.of(v2(V2_IPV4), "203.0.113.9:4711"),
        Arguments.of(v2(V2_WITH_TLV), "203.0.113.9:4711"),
        Arguments.of(v2(V2_IPV6), "2001:db8:0:0:0:0:0:9:4711"));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void headerOfATrustedProxy_namesTheClient(ByteBuf header, String address) {
    EmbeddedClient client = engine.connectFromProxy();
    client.sendBytes(Unpooled.wrappedBuffer(header.copy(), hello()));
    header.release();

    assertThat(client.received()).singleElement().matches(Frame::hasWelcome);
    assertThat(engine.started)
        .singleElement()
        .satisfies(start -> assertThat(start.remoteAddress()).isEqualTo(address));
    client.finish();
  }

  @ParameterizedTest
  @MethodSource("headers")
  void header_mayComeByteByByte_andIsNotCountedAsTheClients(ByteBuf header, String address) {
    EmbeddedClient client = engine.connectFromProxy();
    while (header.isReadable()) {
      client.sendBytes(header.readRetainedSlice(1));
    }
    header.release();
    assertThat(client.connection().bytesIn()).isZero();

    ByteBuf hello = hello();
    int bytes = hello.readableBytes();
    client.sendBytes(hello);
    assertThat(client.received()).singleElement().matches(Frame::hasWelcome);
    assertThat(client.connection().bytesIn()).isEqualTo(bytes);
    client.finish();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2_LOCAL, SIGNATURE + "21000000"})
  void connectionOfTheProxyItself_keepsTheProxysAddress(String header) {
    EmbeddedClient client = engine.connectFromProxy();
    client.sendBytes(Unpooled.wrappedBuffer(v2(header), hello()));
    assertThat(client.received()).singleElement().matches(Frame::hasWelcome);
    assertThat(engine.started.getFirst().remoteAddress()).isEqualTo("embedded");
    client.finish();
  }

  @Test
  void healthCheck_withOrWithoutHeader_isNoRefusedClient() {
    EmbeddedClient silent = engine.connectFromProxy();
    EmbeddedClient local = engine.connectFromProxy();
    local.sendBytes(v2(V2_LOCAL));
    for (EmbeddedClient check : List.of(silent, local)) {
      check.ticks(EmbeddedClient.HANDSHAKE_TICKS);
      assertThat(check.received()).isEmpty();
      assertThat(check.isConnected()).isFalse();
      check.finish();
    }
    assertThat(engine.refused()).isZero();
  }

  @Test
  void clientOfAProxy_thatSaysNothing_isToldSo() {
    EmbeddedClient client = engine.connectFromProxy();
    client.sendBytes(v2(V2_IPV4));
    client.ticks(EmbeddedClient.HANDSHAKE_TICKS);
    assertThat(client.received())
        .singleElement()
        .matches(frame -> frame.getError().getCode() == CloseCode.HANDSHAKE_TIMEOUT);
    client.finish();
  }

  @Test
  void trustedProxy_withoutHeader_isRefused_soThatNoClientCanWriteItsOwn() {
    EmbeddedClient client = engine.connectFromProxy();
    client.sendBytes(hello());
    assertThat(client.isConnected()).isFalse();
    assertThat(engine.started).isEmpty();
    assertThat(engine.refused()).isEqualTo(1);
    client.finish();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SIGNATURE + "2111ffff", // longer than any real one
        SIGNATURE + "21110004cb007109", // too short for its addresses
        SIGNATURE + "3111000ccb0071090a00000112671ce8", // version 3
        SIGNATURE + "21110011cb0071090a00000112671ce8" + "0300ff0000", // a TLV over the end
      })
  void brokenHeader_isRefusedOnce(String header) {
    EmbeddedClient client = engine.connectFromProxy();
    client.sendBytes(v2(header));
    for (int i = 0; i < 8 && client.isConnected(); i++) {
      client.sendBytes(Unpooled.wrappedBuffer(new byte[256]));
    }
    assertThat(client.isConnected()).isFalse();
    assertThat(engine.refused()).isEqualTo(1);
    client.finish();
  }

  @Test
  void headerLine_withoutEnd_isRefusedAtItsLimit() {
    EmbeddedClient client = engine.connectFromProxy();
    client.sendBytes(Unpooled.copiedBuffer("PROXY " + "x".repeat(120), StandardCharsets.US_ASCII));
    assertThat(client.isConnected()).isFalse();
    assertThat(engine.refused()).isEqualTo(1);
    client.finish();
  }

  @Test
  void header_thatIsNotWholeInTime_endsAtTheHandshakesDeadline() {
    EmbeddedClient client = engine.connectFromProxy();
    for (int tick = 0; tick < EmbeddedClient.HANDSHAKE_TICKS; tick++) {
      client.sendBytes(Unpooled.wrappedBuffer(new byte[] {'P'}));
      client.ticks(1);
    }
    assertThat(client.isConnected()).isFalse();
    client.finish();
  }

  @Test
  void header_fromSomebodyElse_isMalformed() {
    for (ByteBuf header : List.of(v1("PROXY TCP4 203.0.113.9 10.0.0.1 1 2"), v2(V2_IPV4))) {
      EmbeddedClient client = engine.connect();
      client.sendBytes(Unpooled.wrappedBuffer(header, hello()));
      assertThat(client.received())
          .singleElement()
          .satisfies(
              frame -> {
                assertThat(frame.getError().getCode()).isEqualTo(CloseCode.MALFORMED_FRAME);
                assertThat(frame.getError().getMessage()).contains("PROXY header");
              });
      assertThat(client.isConnected()).isFalse();
      client.finish();
    }
    assertThat(engine.started).isEmpty();
    assertThat(engine.refused()).isEqualTo(2);
  }

  @Test
  void secondHeader_behindThatOfATrustedProxy_isMalformed() {
    EmbeddedClient client = engine.connectFromProxy();
    client.sendBytes(Unpooled.wrappedBuffer(v2(V2_IPV4), v2(V2_IPV4)));
    assertThat(client.received())
        .singleElement()
        .matches(frame -> frame.getError().getCode() == CloseCode.MALFORMED_FRAME);
    client.finish();
  }
}
