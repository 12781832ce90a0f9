package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.trunkline.invocation.OutboundCalls;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Welcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionTest {
  private static final int INTERVAL_MS = 10_000;
  private static final int LIVENESS_MS = 30_000;

  private final Owner owner = new Owner();
  private final Connection connection =
      new Connection(
          Endpoint.of(java.net.URI.create("tcp://127.0.0.1:1")),
          Hello.newBuilder().setToken("t").build(),
          TrunklineClient.builder().url("tcp://127.0.0.1:1").options(),
          owner,
          this::exchanges);
  private final EmbeddedChannel channel = new EmbeddedChannel(connection);

  private Exchanges exchanges(OutboundCalls.Line line) {
    ClientOptions options = TrunklineClient.builder().url("tcp://127.0.0.1:1").options();
    return new Exchanges(
        line,
        options,
        new ClientThreads(new EmbeddedChannel().eventLoop(), NioSocketChannel.class, Runnable::run),
        new OfferedServices(Map.of(), ServeLimits.DEFAULT, Runnable::run));
  }

  private static final class Owner implements Connection.Owner {
    final List<Closing> closings = new ArrayList<>();

    @Override
    public void welcomed(Connection from, Welcome welcome) {}

    @Override
    public void notified(Notify notify) {}

    @Override
    public void streamStarted(StreamStart start) {}

    @Override
    public void goAway(Connection from, GoAway goAway) {}

    @Override
    public void closed(Connection from, Closing closing) {
      closings.add(closing);
    }
  }

  private void welcome() {
    assertThat(sent().hasHello()).isTrue();
    channel.writeInbound(
        Frame.newBuilder()
            .setWelcome(
                Welcome.newBuilder()
                    .setHeartbeatIntervalMs(INTERVAL_MS)
                    .setLivenessTimeoutMs(LIVENESS_MS))
            .build());
  }

  private Frame sent() {
    Frame frame = channel.readOutbound();
    assertThat(frame).as("a frame").isNotNull();
    return frame;
  }

  private boolean tickAfterMs(long ms) {
    return connection.tick(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms));
  }

  @AfterEach
  void finish() {
    channel.finishAndReleaseAll();
  }

  @Test
  void quietConnection_pingsWithinTheInterval_andNotBefore() {
    welcome();

    tickAfterMs(INTERVAL_MS / 2);
    assertThat(channel.<Frame>readOutbound()).isNull();
    tickAfterMs(INTERVAL_MS - 100);

    assertThat(sent().hasPing()).isTrue();
  }

  @Test
  void silentGateway_isClosedForLiveness() {
    welcome();

    assertThat(tickAfterMs(LIVENESS_MS - 1_000)).isTrue();
    assertThat(owner.closings).isEmpty();
    assertThat(tickAfterMs(LIVENESS_MS + 1_000)).isFalse();

    assertThat(owner.closings)
        .singleElement()
        .extracting(Closing::code)
        .isEqualTo(CloseCode.LIVENESS_TIMEOUT.getNumber());
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void noWelcome_isClosedAtTheAbsoluteDeadline_whateverElseComes() {
    assertThat(tickAfterMs(9_000)).isTrue();
    connection.heard();

    assertThat(tickAfterMs(11_000)).isFalse();

    assertThat(owner.closings)
        .singleElement()
        .extracting(Closing::code)
        .isEqualTo(CloseCode.HANDSHAKE_TIMEOUT.getNumber());
  }

  @Test
  void pingOfTheGateway_isAnsweredWithItsNonce() {
    welcome();

    channel.writeInbound(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(99)).build());

    assertThat(sent())
        .isEqualTo(Frame.newBuilder().setPong(Pong.newBuilder().setNonce(99)).build());
  }

  @Test
  void unknownFrame_isIgnored() throws Exception {
    welcome();
    // Field 100, a message that no version so far knows.
    Frame unknown = Frame.parseFrom(new byte[] {(byte) 0xa2, 0x06, 0x01, 0x00});

    channel.writeInbound(unknown);

    assertThat(channel.isOpen()).isTrue();
    assertThat(channel.<Frame>readOutbound()).isNull();
  }
}
