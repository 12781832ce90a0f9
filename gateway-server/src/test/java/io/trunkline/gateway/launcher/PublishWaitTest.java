package io.trunkline.gateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code publish --wait} prints, in particular where steps cannot be shown. */
class PublishWaitTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  @RegisterExtension final CommandOutput output = new CommandOutput();
  private final String user = "wait-" + UUID.randomUUID();

  @TempDir private Path noInstallation;

  private int publish(List<String> settings, String... options) {
    List<String> all = new ArrayList<>(List.of("--wait", "--timeout", "60s"));
    all.addAll(List.of("--user", user, "--data", noInstallation.toString()));
    all.addAll(List.of(options));
    List<String> given = new ArrayList<>(settings);
    given.add("jms.url=" + fixture.jms().url());
    given.add("jms.user=publisher");
    given.add("jms.password=" + fixture.publisherPassword());
    given.forEach(setting -> all.addAll(List.of("--set", setting)));
    all.add("a parcel");
    return new CommandLine(new PublishCommand()).execute(all.toArray(String[]::new));
  }

  private List<String> api() {
    return List.of("api.port=" + fixture.api().getPort(), "api.token=" + GatewayFixture.API_TOKEN);
  }

  private List<String> lines() {
    return output.printed();
  }

  private String errors() {
    return String.join("\n", output.complained());
  }

  /** A client that acknowledges one message. */
  private Thread acknowledge(StreamClient client) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                client.ack(client.notice());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private StreamClient connect() throws Exception {
    return StreamClient.connect(fixture.gateway().clientAddress(), fixture.token(user), "phone");
  }

  @Test
  void delivered_receiptStepsAndState_eachWithItsKind() throws Exception {
    try (StreamClient client = connect()) {
      Thread program = acknowledge(client);
      assertThat(publish(api(), "--json")).as(errors()).isZero();
      program.join();
    }
    List<JsonNode> records = new ArrayList<>();
    for (String line : lines()) {
      records.add(new JsonMapper().readTree(line));
    }
    assertThat(records)
        .extracting(record -> record.get("record").asText())
        .containsOnlyOnce("message", "receipt", "state")
        .startsWith("message")
        .endsWith("state")
        .hasSize(6);
    assertThat(records)
        .filteredOn(record -> record.get("record").asText().equals("step"))
        .extracting(step -> step.get("step").asText() + " " + step.get("node").asText())
        .containsExactly("STORED gw-test", "SENT gw-test", "DELIVERED gw-test");
    assertThat(errors()).isEmpty();
  }

  @Test
  void stepsAreShown_whileItIsStillWaiting() throws Exception {
    var exit = new CompletableFuture<Integer>();
    var _ = Thread.ofVirtual().start(() -> exit.complete(publish(api())));
    await().until(() -> lines().stream().anyMatch(line -> line.contains(" WAITING user=" + user)));
    assertThat(exit).isNotDone();
    try (StreamClient client = connect()) {
      client.ack(client.notice());
      assertThat(exit.get()).isZero();
    }
    assertThat(lines().getLast()).isEqualTo("STATE DELIVERED");
    assertThat(lines()).filteredOn(line -> line.contains(" WAITING ")).hasSize(1);
  }

  @Test
  void apiAway_receiptsAreThereAsEver_andOneLineSaysWhy() throws Exception {
    try (StreamClient client = connect()) {
      Thread program = acknowledge(client);
      assertThat(publish(List.of("api.port=1", "api.token=" + GatewayFixture.API_TOKEN))).isZero();
      program.join();
    }
    assertThat(lines()).hasSize(2).last().asString().startsWith("DELIVERED user=" + user);
    assertThat(errors())
        .contains("steps cannot be shown", "127.0.0.1:1", "api.port")
        .hasLineCount(1);
  }

  @Test
  void wrongToken_andNoTokenAtAll_areToldSo() throws Exception {
    try (StreamClient client = connect()) {
      Thread first = acknowledge(client);
      assertThat(publish(List.of(api().getFirst(), "api.token=not-the-token-of-it"))).isZero();
      first.join();
      assertThat(errors()).contains("steps cannot be shown", "token").hasLineCount(1);
      output.reset();
      Thread second = acknowledge(client);
      assertThat(publish(List.of())).isZero();
      second.join();
      assertThat(errors()).contains("steps cannot be shown").hasLineCount(1);
    }
  }

  @Test
  void notPersistent_hasNoSteps() {
    assertThat(publish(api(), "--non-persistent")).isEqualTo(1);
    assertThat(lines()).hasSize(2).last().asString().startsWith("UNKNOWN_USER");
    assertThat(errors()).contains("leaves no trace").hasLineCount(1);
  }
}
