package io.trunkline.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.jms.FreePorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the process starts, refuses to start, and ends. */
class ConsoleStartTest {
  private static PostgresAndBroker parts;
  private static NodeStandIn node;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    parts = new PostgresAndBroker(folder);
    node = new NodeStandIn(parts);
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
    parts.close();
  }

  @Test
  void start_unknownKey_saysWhichWasMeant() throws Exception {
    refuses(ConsoleInstance.start(parts, "console.prot=1"), "did you mean 'console.port'?");
  }

  @Test
  void start_databaseAway_saysWhich() throws Exception {
    int nobody = FreePorts.take();
    refuses(
        ConsoleInstance.start(
            parts, "db.url=jdbc:postgresql://127.0.0.1:" + nobody + "/x", "db.connect-timeout=2s"),
        "127.0.0.1:" + nobody);
  }

  @Test
  void start_brokerAway_saysWhich() throws Exception {
    int nobody = FreePorts.take();
    refuses(
        ConsoleInstance.start(parts, "jms.url=tcp://127.0.0.1:" + nobody, "jms.connect-timeout=1s"),
        "127.0.0.1:" + nobody);
  }

  @Test
  void start_portInUse_saysWhich() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      refuses(
          ConsoleInstance.start(parts, taken.getLocalPort()), "127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void endOfInput_stopsInOrder() throws Exception {
    try (var console = ConsoleInstance.start(parts)) {
      assertThat(console.firstLine()).isEqualTo("ready");

      console.endInput();

      assertThat(console.exitCode()).isZero();
    }
  }

  private static void refuses(ConsoleInstance console, String why) throws Exception {
    try (console) {
      assertThat(console.firstLine()).isNull();
      assertThat(console.errors().lines().toList())
          .singleElement()
          .asString()
          .startsWith("console: ")
          .contains(why);
      assertThat(console.exitCode()).isEqualTo(2);
    }
  }
}
