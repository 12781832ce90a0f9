package io.trunkline.systemtest.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.systemtest.installation.TcpProxy.Silence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
  /** Long enough for bytes that come at all. */
  private static final int SILENCE_MS = 300;

  private static final int PATIENCE_MS = 20_000;

  private ServerSocket server;
  private TcpProxy proxy;
  private Socket near;
  private Socket far;

  @BeforeEach
  void connect() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    proxy = TcpProxy.to(server.getLocalPort());
    near = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    near.setSoTimeout(PATIENCE_MS);
    far = server.accept();
    far.setSoTimeout(PATIENCE_MS);
    // The proxy knows of a connection before anything comes through.
    near.getOutputStream().write(0);
    assertThat(far.getInputStream().read()).isZero();
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    near.close();
    far.close();
    server.close();
  }

  @Test
  void bytes_goBothWays() throws IOException {
    near.getOutputStream().write(1);
    far.getOutputStream().write(2);

    assertThat(far.getInputStream().read()).isEqualTo(1);
    assertThat(near.getInputStream().read()).isEqualTo(2);
  }

  @Test
  void end_isPassedOn() throws IOException {
    near.close();

    assertThat(far.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void silenceThatHolds_bringsAllLater_inOrder() throws IOException {
    near.getOutputStream().write(1);
    assertThat(far.getInputStream().read()).isEqualTo(1);
    proxy.fallSilent(Silence.HOLDS);
    near.getOutputStream().write(2);
    near.getOutputStream().write(3);
    isSilent(far);

    proxy.recover();

    assertThat(far.getInputStream().readNBytes(2)).containsExactly(2, 3);
  }

  @Test
  void silence_hidesTheEndOfAConnection() throws IOException {
    proxy.fallSilent(Silence.HOLDS);
    near.close();
    isSilent(far);

    proxy.recover();

    assertThat(far.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void silenceThatLoses_resetsWhoLostSomething() throws IOException {
    proxy.fallSilent(Silence.LOSES);
    near.getOutputStream().write(1);
    isSilent(far);

    proxy.recover();

    assertThatThrownBy(() -> far.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  @Test
  void silence_takesNewConnectionsAndDoesNotAnswer() throws IOException {
    proxy.fallSilent(Silence.LOSES);
    try (var another = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      another.getOutputStream().write(7);
      server.setSoTimeout(SILENCE_MS);
      assertThatThrownBy(() -> server.accept()).isInstanceOf(SocketTimeoutException.class);

      proxy.recover();

      server.setSoTimeout(0);
      try (Socket accepted = server.accept()) {
        assertThat(accepted.getInputStream().read()).isEqualTo(7);
      }
    }
  }

  @Test
  void cut_resetsBothEnds_andLetsThemComeAgain() throws IOException {
    proxy.cut();

    assertThatThrownBy(() -> far.getInputStream().read()).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> near.getInputStream().read()).isInstanceOf(SocketException.class);
    try (var another = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        Socket accepted = server.accept()) {
      another.getOutputStream().write(1);
      assertThat(accepted.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void away_refusesUntilItRecovers() throws IOException {
    proxy.away();

    assertThatThrownBy(
            () -> {
              try (var refused = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
                if (refused.getInputStream().read() == -1) {
                  throw new SocketException("ended");
                }
              }
            })
        .isInstanceOf(SocketException.class);

    proxy.recover();
    try (var another = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        Socket accepted = server.accept()) {
      another.getOutputStream().write(1);
      assertThat(accepted.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void delay_isWaited() throws IOException {
    proxy.delay(Duration.ofMillis(SILENCE_MS));
    long beginNs = System.nanoTime();
    near.getOutputStream().write(1);

    assertThat(far.getInputStream().read()).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - beginNs))
        .isGreaterThanOrEqualTo(Duration.ofMillis(SILENCE_MS));
  }

  private static void isSilent(Socket socket) throws IOException {
    socket.setSoTimeout(SILENCE_MS);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(PATIENCE_MS);
  }
}
