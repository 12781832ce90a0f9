package io.trunkline.gateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PublishDryRunTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setOut(out);
    System.setErr(err);
  }

  private int publish(int port, String... arguments) {
    printed.reset();
    complained.reset();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of("--set", "api.port=" + port, "--set", "api.token=" + GatewayFixture.API_TOKEN));
    return new CommandLine(new PublishCommand())
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              System.err.println(Failures.oneLine(failure));
              return Main.EXIT_USAGE;
            })
        .execute(all.toArray(String[]::new));
  }

  @Test
  void audience_isCounted_andNothingIsSent() throws Exception {
    String shop = "dry-" + UUID.randomUUID();
    int port = fixture.api().getPort();
    try (var _ = TestClient.login(fixture, shop, "d1", Map.of("shop", shop))) {
      await()
          .untilAsserted(
              () -> {
                assertThat(publish(port, "--audience", "shop = '" + shop + "'", "--dry-run"))
                    .as(complained.toString(StandardCharsets.UTF_8))
                    .isZero();
                assertThat(printed.toString(StandardCharsets.UTF_8))
                    .isEqualToIgnoringNewLines("MATCHED now=1 offline=0");
              });
      assertThat(publish(port, "--all", "--dry-run")).isZero();
      assertThat(printed.toString(StandardCharsets.UTF_8)).startsWith("MATCHED now=");
    }
  }

  @Test
  void badSelector_isExitCode1_withItsPlace() {
    assertThat(publish(fixture.api().getPort(), "--audience", "shop =", "--dry-run")).isEqualTo(1);

    assertThat(printed.size()).isZero();
    assertThat(complained.toString(StandardCharsets.UTF_8))
        .contains("at character 7")
        .hasLineCount(1);
  }

  @Test
  void wrongUse_isExitCode2_inOneLine() {
    assertThat(publish(1, "--all", "--dry-run")).isEqualTo(2);
    assertThat(complained.toString(StandardCharsets.UTF_8))
        .contains("127.0.0.1:1", "api.port")
        .hasLineCount(1);
    assertThat(publish(1, "--user", "alice", "--dry-run")).isEqualTo(2);
    assertThat(complained.toString(StandardCharsets.UTF_8)).contains("--audience and --all");
    assertThat(publish(1, "--all")).isEqualTo(2);
    assertThat(complained.toString(StandardCharsets.UTF_8)).contains("body is missing");
  }
}
