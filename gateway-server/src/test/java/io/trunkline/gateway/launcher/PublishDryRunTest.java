package io.trunkline.gateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

class PublishDryRunTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  @RegisterExtension final CommandOutput output = new CommandOutput();

  private int publish(int port, String... arguments) {
    output.reset();
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
                    .as("%s", output.complained())
                    .isZero();
                assertThat(output.printed()).containsExactly("MATCHED now=1 offline=0");
              });
      assertThat(publish(port, "--all", "--dry-run")).isZero();
      assertThat(output.printed()).singleElement().asString().startsWith("MATCHED now=");
    }
  }

  @Test
  void badSelector_isExitCode1_withItsPlace() {
    assertThat(publish(fixture.api().getPort(), "--audience", "shop =", "--dry-run")).isEqualTo(1);

    assertThat(output.printed()).isEmpty();
    assertThat(output.complained()).singleElement().asString().contains("at character 7");
  }

  @Test
  void wrongUse_isExitCode2_inOneLine() {
    assertThat(publish(1, "--all", "--dry-run")).isEqualTo(2);
    assertThat(output.complained()).singleElement().asString().contains("127.0.0.1:1", "api.port");
    assertThat(publish(1, "--user", "alice", "--dry-run")).isEqualTo(2);
    assertThat(output.complained().getFirst()).contains("--audience and --all");
    assertThat(publish(1, "--all")).isEqualTo(2);
    assertThat(output.complained().getFirst()).contains("body is missing");
  }
}
