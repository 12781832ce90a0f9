package io.trunkline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionLimitTest {
  private static final int MAX = 2;

  /** So many more get an answer. */
  private static final int SURPLUS = 64;

  private final EngineHarness engine =
      new EngineHarness(
          Map.of("port", "0", "event-loops", "1", "max-connections", Integer.toString(MAX)));
  private final Deque<Socket> sockets = new ArrayDeque<>();

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket connect(ClientPort port) throws IOException {
    var socket = new Socket(port.address().getAddress(), port.address().getPort());
    socket.setSoTimeout(60_000);
    sockets.add(socket);
    return socket;
  }

  private static Frame hello(Socket socket, String user) throws IOException {
    EngineHarness.hello(EngineHarness.token(user), "d1").writeDelimitedTo(socket.getOutputStream());
    return Frame.parseDelimitedFrom(socket.getInputStream());
  }

  @Test
  void overTheLimit_clientsAreToldToComeLater_andComeInWhenOthersHaveGone() throws Exception {
    try (var port = new ClientPort(engine.config, engine::barrier)) {
      port.startAccepting();
      Socket first = connect(port);
      assertThat(hello(first, "alice").hasWelcome()).isTrue();
      assertThat(hello(connect(port), "bob").hasWelcome()).isTrue();

      Socket third = connect(port);
      Frame answer = hello(third, "carol");
      assertThat(answer.getError().getCode()).isEqualTo(CloseCode.OVERLOADED);
      assertThat(answer.getError().getRetryAfterMs()).isBetween(10_000, 30_000);
      third.close();

      first.close();
      await().until(() -> port.connections().open() < MAX);
      assertThat(hello(connect(port), "carol").hasWelcome()).isTrue();
    }
  }

  @Test
  void manyAtOnce_areAllTaken_thoughInBatches() throws Exception {
    var unlimited = new EngineHarness(Map.of("port", "0", "event-loops", "2"));
    try (var port = new ClientPort(unlimited.config, unlimited::barrier)) {
      port.startAccepting();
      for (int i = 0; i < 300; i++) {
        connect(port);
      }
      await().until(() -> port.connections().open() == 300);
    }
  }

  @Test
  void farOverTheLimit_connectionsAreClosedAtOnce() throws Exception {
    try (var port = new ClientPort(engine.config, engine::barrier)) {
      port.startAccepting();
      for (int i = 0; i < MAX + SURPLUS; i++) {
        connect(port);
      }
      await().until(() -> port.connections().open() == MAX + SURPLUS);

      Socket beyond = connect(port);

      await().until(() -> port.connections().closedAtOnce() == 1);
      assertThat(endOf(beyond)).isTrue();
      assertThat(port.connections().open()).isEqualTo(MAX + SURPLUS);
    }
  }

  private static boolean endOf(Socket socket) {
    try {
      return socket.getInputStream().read() == -1;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  void noFilesLeft_acceptingPauses_andGoesOn() {
    var counts = new ConnectionCounts(ConnectionLimit.of(MAX));
    var listening = new EmbeddedChannel(new AcceptGuard(counts, List.of()));
    listening.pipeline().fireExceptionCaught(new IOException("accept(..): Too many open files"));

    assertThat(listening.config().isAutoRead()).isFalse();
    assertThat(counts.failedAccepts()).isEqualTo(1);
    listening.checkException(); // nothing is passed on to be logged again

    listening.advanceTimeBy(1, TimeUnit.SECONDS);
    listening.runScheduledPendingTasks();
    assertThat(listening.config().isAutoRead()).isTrue();
    listening.finishAndReleaseAll();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 20000, 18050, 18952",
    "5000, 20000, 5000, 5250",
    "50000, 20000, 18050, 18952",
    "0, 1024, 704, 768",
    "10, 1024, 10, 74",
    "0, 100, 1, 1",
  })
  void limit_leavesFilesForTheRest(int configured, long files, int max, int hardMax) {
    assertThat(ConnectionLimit.of(configured, files)).isEqualTo(new ConnectionLimit(max, hardMax));
  }
}
