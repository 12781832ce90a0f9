package io.trunkline.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Bye;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeTest {
  private static final Frame PING =
      Frame.newBuilder().setPing(Ping.newBuilder().setNonce(3)).build();
  private static final Frame PONG =
      Frame.newBuilder().setPong(Pong.newBuilder().setNonce(3)).build();

  private final EngineHarness engine = new EngineHarness();

  private static CloseCode refusal(EmbeddedClient client) {
    List<Frame> frames = client.received();
    assertThat(frames).hasSize(1);
    Error error = frames.getFirst().getError();
    assertThat(client.isConnected()).isFalse();
    client.finish();
    return error.getCode();
  }

  @Test
  void hello_withAToken_isWelcomed_andRecorded() {
    EmbeddedClient client = engine.connect();
    client.send(EngineHarness.hello(EngineHarness.token("alice"), "d1"));

    var welcome = client.received().getFirst().getWelcome();
    assertThat(welcome.getNodeId()).isEqualTo("gw-test");
    assertThat(welcome.getHeartbeatIntervalMs()).isEqualTo(30_000);
    assertThat(engine.registry.ofUser("alice")).hasSize(1);
    assertThat(engine.started)
        .singleElement()
        .satisfies(
            start -> {
              assertThat(start.id().toString()).isEqualTo(welcome.getSessionId());
              assertThat(start.id().version()).isEqualTo(7);
              assertThat(start.user()).isEqualTo("alice");
              // The token's claim wins over what the client says of itself.
              assertThat(start.attributes())
                  .containsEntry("region", "east")
                  .containsEntry("shop", "7");
            });
    client.finish();
  }

  @Test
  void framesBehindHello_inTheSameRead_areAnsweredAfterWelcome() {
    EmbeddedClient client = engine.connect();
    var both = Unpooled.buffer();
    for (Frame frame : List.of(EngineHarness.hello(EngineHarness.token("alice"), "d1"), PING)) {
      var one =
          io.trunkline.protocol.FrameCodec.encodeDelimited(
              io.netty.buffer.UnpooledByteBufAllocator.DEFAULT, frame);
      both.writeBytes(one);
      one.release();
    }
    client.sendBytes(both);
    List<Frame> frames = client.received();
    assertThat(frames).hasSize(2);
    assertThat(frames.get(0).hasWelcome()).isTrue();
    assertThat(frames.get(1)).isEqualTo(PONG);
    client.finish();
  }

  @Test
  void firstFrame_thatIsNotHello_isRefused() {
    EmbeddedClient client = engine.connect();
    client.send(PING);
    assertThat(refusal(client)).isEqualTo(CloseCode.HELLO_EXPECTED);
  }

  @ParameterizedTest
  @CsvSource({
    "02ffff, MALFORMED_FRAME",
    "8080808080, MALFORMED_FRAME",
    "ffffff7f, FRAME_TOO_LARGE",
  })
  void garbage_isRefusedWithACode(String hex, CloseCode expected) {
    EmbeddedClient client = engine.connect();
    client.sendBytes(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
    assertThat(refusal(client)).isEqualTo(expected);
  }

  @Test
  void hello_overItsLimit_isRefusedBeforeItIsRead() {
    EmbeddedClient client = engine.connect();
    client.sendBytes(Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, (byte) 0x80, 1})); // 16385
    assertThat(refusal(client)).isEqualTo(CloseCode.FRAME_TOO_LARGE);
  }

  @Test
  void forgedToken_isRefused() {
    String real = EngineHarness.token("alice");
    String other = EngineHarness.token("mallory");
    // The claims of one, the signature of the other.
    String forged =
        other.substring(0, other.lastIndexOf('.')) + real.substring(real.lastIndexOf('.'));
    EmbeddedClient client = engine.connect();
    client.send(EngineHarness.hello(forged, "d1"));
    assertThat(refusal(client)).isEqualTo(CloseCode.TOKEN_INVALID);
    assertThat(engine.registry.size()).isZero();
  }

  @Test
  void expiredToken_isToldSo() {
    EmbeddedClient client = engine.connect();
    client.send(EngineHarness.hello(EngineHarness.token("alice", Duration.ofMinutes(-1)), "d1"));
    assertThat(refusal(client)).isEqualTo(CloseCode.TOKEN_EXPIRED);
  }

  @Test
  void banned_isRefusedUntilThen_otherDevicesAreNot() {
    engine.ban("alice", "d1", Instant.now().plusSeconds(60));
    engine.ban("bob", "d1", Instant.now().minusSeconds(1));
    EmbeddedClient client = engine.connect();
    client.send(EngineHarness.hello(EngineHarness.token("alice"), "d1"));
    assertThat(refusal(client)).isEqualTo(CloseCode.BANNED);

    engine.welcomed("alice", "d2").finish();
    engine.welcomed("bob", "d1").finish();
    assertThat(engine.started).hasSize(2);
  }

  @Test
  void whileSessionsCannotBeRecorded_newOnesAreToldToComeLater() {
    engine.accepting = false;
    EmbeddedClient client = engine.connect();
    client.send(EngineHarness.hello(EngineHarness.token("alice"), "d1"));
    Error error = client.received().getFirst().getError();
    assertThat(error.getCode()).isEqualTo(CloseCode.DEPENDENCY_DOWN);
    assertThat(error.getRetryAfterMs()).isBetween(1_000, 5_000);
    client.finish();
  }

  @Test
  void silence_beforeHello_endsAtAnAbsoluteDeadline_howeverSlowlyBytesCome() {
    EmbeddedClient client = engine.connect();
    for (int tick = 0; tick < EmbeddedClient.HANDSHAKE_TICKS; tick++) {
      assertThat(client.isConnected()).isTrue();
      client.ticks(1);
      if (client.isConnected()) {
        client.sendBytes(Unpooled.wrappedBuffer(new byte[] {(byte) 0xff}));
      }
    }
    assertThat(client.isConnected()).isFalse();
    client.finish();
  }

  @Test
  void notOneByte_isToldSoInTcpFrames() {
    EmbeddedClient client = engine.connect();
    client.ticks(EmbeddedClient.HANDSHAKE_TICKS);
    assertThat(refusal(client)).isEqualTo(CloseCode.HANDSHAKE_TIMEOUT);
  }

  @Test
  void sameUserAndDevice_newerWins_andTeardownOfTheOlderLeavesTheNewer() {
    EmbeddedClient older = engine.welcomed("alice", "d1");
    EmbeddedClient newer = engine.welcomed("alice", "d1");
    assertThat(refusal(older)).isEqualTo(CloseCode.REPLACED);
    assertThat(engine.ended)
        .singleElement()
        .extracting(SessionEnd::closeName)
        .isEqualTo("REPLACED");
    assertThat(engine.registry.ofUser("alice"))
        .singleElement()
        .extracting(session -> session.info().id())
        .isEqualTo(engine.started.getLast().id());
    newer.send(PING);
    assertThat(newer.received()).containsExactly(PONG);
    newer.finish();
  }

  @Test
  void silence_inASession_endsIt_inboundBytesKeepIt() {
    EmbeddedClient client = engine.welcomed("alice", "d1");
    for (int i = 0; i < 5; i++) {
      client.ticks(EmbeddedClient.LIVENESS_TICKS - 1);
      client.send(PING);
    }
    assertThat(engine.ended).isEmpty();
    client.received();
    client.ticks(EmbeddedClient.LIVENESS_TICKS);
    assertThat(refusal(client)).isEqualTo(CloseCode.LIVENESS_TIMEOUT);
    assertThat(engine.detached).hasSize(1);
    assertThat(engine.ended).isEmpty();
    assertThat(engine.registry.size()).isZero();
  }

  @Test
  void tokenThatExpires_endsTheSession() {
    EmbeddedClient client = engine.connect();
    client.send(EngineHarness.hello(EngineHarness.token("alice", Duration.ofSeconds(2)), "d1"));
    client.received();
    client.ticks(8); // of 250 ms
    assertThat(refusal(client)).isEqualTo(CloseCode.TOKEN_EXPIRED);
  }

  @Test
  void lostConnection_isRecordedWithItsTraffic() {
    EmbeddedClient client = engine.welcomed("alice", "d1");
    client.send(PING);
    client.disconnect();
    assertThat(engine.ended).isEmpty();
    assertThat(engine.detached)
        .singleElement()
        .satisfies(
            end -> {
              assertThat(end.lost().name()).isEqualTo("CONNECTION_LOST");
              assertThat(end.heard()).isTrue();
              assertThat(end.traffic().messagesIn()).isEqualTo(2);
              assertThat(end.traffic().messagesOut()).isEqualTo(2);
              assertThat(end.traffic().bytesIn()).isGreaterThan(100);
              assertThat(end.traffic().bytesOut()).isPositive();
            });
    client.finish();
  }

  @Test
  void ack_thatNobodyWaitsFor_isHandedOn_theSessionLives() {
    EmbeddedClient client = engine.welcomed("alice", "d1");
    client.send(Frame.newBuilder().setAck(Ack.newBuilder().setMessageId("never-sent")).build());
    assertThat(engine.strayAcks)
        .singleElement()
        .matches(ack -> ack.getMessageId().equals("never-sent"));
    client.send(PING);
    assertThat(client.received()).containsExactly(PONG);
    client.finish();
  }

  @Test
  void bye_endsTheSessionInOrder() {
    EmbeddedClient client = engine.welcomed("alice", "d1");
    client.send(Frame.newBuilder().setBye(Bye.newBuilder().setReason("done")).build());
    assertThat(engine.ended).singleElement().extracting(SessionEnd::reason).isEqualTo("done");
    client.finish();
  }

  @Test
  void frameThatOnlyAGatewaySends_endsTheSession_anUnknownOneDoesNot() {
    EmbeddedClient client = engine.welcomed("alice", "d1");
    client.sendBytes(Unpooled.wrappedBuffer(HexFormat.of().parseHex("03fa0100"))); // field 31
    client.send(PING);
    assertThat(client.received()).containsExactly(PONG);
    client.send(
        Frame.newBuilder()
            .setWelcome(io.trunkline.protocol.v1.Welcome.getDefaultInstance())
            .build());
    assertThat(refusal(client)).isEqualTo(CloseCode.UNEXPECTED_FRAME);
  }
}
