package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.jms.FreePorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that cannot succeed end with a word about it, and leave nothing behind. */
class StartFailureTest {
  /** One for all tests: a database is made once. */
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private static Path folder;

  @AfterEach
  void nothingRunsAnyMore() {
    await()
        .atMost(RefusedStart.EXIT_TIMEOUT)
        .untilAsserted(() -> assertThat(processesWith(folder)).isEmpty());
  }

  @Test
  void portsInUse_areNamedWithTheirSetting() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertThat(refusal("embedded.postgres-port=" + port))
          .contains("embedded.postgres-port", port, "in use");
      assertThat(refusal("clients.port=" + port)).contains("clients.port", port, "in use");
      assertThat(refusal("api.port=" + port)).contains("api.port", port, "in use");
    }
  }

  @Test
  void unreachableDatabase_isNamed() throws Exception {
    String address = "127.0.0.1:" + FreePorts.take();

    assertThat(
            refusal(
                "db.url=jdbc:postgresql://" + address + "/shop",
                "db.password=none",
                "db.connect-timeout=1s"))
        .contains(address);
  }

  @Test
  void unreachableBroker_isNamed() throws Exception {
    String address = "127.0.0.1:" + FreePorts.take();

    assertThat(refusal("jms.url=tcp://" + address, "jms.password=none", "jms.connect-timeout=1s"))
        .contains(address);
  }

  @Test
  void unknownSettingOrBadValue_isNamed() throws Exception {
    assertThat(refusal("bad.key=1")).contains("bad.key");
    assertThat(refusal("clients.prot=7400")).contains("clients.prot", "'clients.port'");
    assertThat(refusal("clients.port=seven")).contains("clients.port", "seven");
    assertThat(refusal("db.url=jdbc:postgresql://127.0.0.1:1/shop")).contains("db.password");
  }

  @Test
  void brokenExtension_isNamed() throws Exception {
    Path extensions = Files.createDirectory(folder.resolve("extensions"));
    Path jar = Files.writeString(extensions.resolve("half.jar"), "half a download");

    assertThat(refusal("node.extensions=" + extensions)).contains(jar.toString());
    assertThat(refusal("node.extensions=" + jar)).contains("node.extensions", jar.toString());
  }

  private String refusal(String... settings) throws Exception {
    return RefusedStart.says(folder, data(), settings);
  }

  private Path data() {
    return folder.resolve("data");
  }

  private static List<String> processesWith(Path data) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(command -> command.contains(data.toString()))
        .toList();
  }
}
