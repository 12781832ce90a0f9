package io.trunkline.gateway.uplink.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.example.backend.StockBackEnd;
import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.Calls;
import io.trunkline.invocation.CallResult;
import io.trunkline.jms.BrokerProcess;
import io.trunkline.jms.JmsBridge;
import io.trunkline.protocol.v1.Status;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of a JMS back end, in a process of its own that has JMS and nothing of ours. */
class JmsBackEndTest {
  private static final Pattern JMS_CLIENT =
      Pattern.compile(
          "(artemis-|netty-|jakarta\\.jms|jgroups|commons-|pem-keystore|asn-one|slf4j-api).*");

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String queue = "trunkline.uplink." + UUID.randomUUID();
  private static @TempDir Path folder;
  private static BrokerProcess broker;
  private JmsBridge bridge;
  private JmsBackEnd stock;
  private Process program;
  private BufferedReader output;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = new BrokerProcess(folder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void start() throws Exception {
    bridge = JmsBridge.open(broker.config(), "node");
    var identity = CallIdentity.of(List.of(), Optional.empty(), Clock.systemUTC());
    stock = JmsBackEnd.open("stock", queue, bridge.uplinkQueues(), identity);
    startProgram();
  }

  private void startProgram() throws IOException {
    Path classes = folder.resolve("classes");
    Path alone = classes.resolve(StockBackEnd.class.getName().replace('.', '/') + ".class");
    if (!Files.exists(alone)) {
      Files.createDirectories(alone.getParent());
      try (InputStream compiled = StockBackEnd.class.getResourceAsStream("StockBackEnd.class")) {
        Files.copy(Objects.requireNonNull(compiled), alone);
      }
    }
    String classPath =
        Stream.concat(
                Stream.of(classes.toString()),
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .filter(jar -> JMS_CLIENT.matcher(Path.of(jar).getFileName() + "").matches()))
            .collect(Collectors.joining(File.pathSeparator));
    program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                StockBackEnd.class.getName(),
                broker.url(),
                "backend",
                BrokerProcess.BACK_END_PASSWORD,
                queue)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    output = program.inputReader();
    assertThat(output.readLine()).isEqualTo("ready");
  }

  @AfterEach
  void stop() throws Exception {
    program.destroyForcibly().waitFor();
    threads.shutdownNow();
    bridge.close();
  }

  private CallResult call(String method, Duration time) throws InterruptedException {
    return stock.handle(Calls.within(time, "stock", method, "{\"item\":\"tea\"}"));
  }

  private CallResult call(String method) throws InterruptedException {
    return call(method, Duration.ofSeconds(20));
  }

  @Test
  void backEnd_answersCalls_andIsToldWhoCalls() throws Exception {
    CallResult answered = call("get");

    assertThat(answered.status()).as(answered.message()).isEqualTo(Status.OK);
    assertThat(answered.text()).isEqualTo("{\"left\":5,\"asked\":{\"item\":\"tea\"}}");
    assertThat(answered.contentType()).isEqualTo("application/json");
    assertThat(output.readLine()).isEqualTo("get for alice");

    CallResult refused = call("take");
    assertThat(refused.status()).isEqualTo(Status.CONFLICT);
    assertThat(refused.message()).isEqualTo("there is none left");
    assertThat(refused.text()).isEqualTo("{\"left\":0}");
    assertThat(call("steal").status()).isEqualTo(Status.NOT_FOUND);
  }

  @Test
  void noAnswer_endsWithTheDeadline() throws Exception {
    CallResult result = call("ignore", Duration.ofMillis(500));

    assertThat(result.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(result.message()).contains("'stock'").contains("not known");
  }

  @Test
  void interruptedCall_ends_andItsAnswerIsDropped() throws Exception {
    Future<CallResult> call = threads.submit(() -> call("ignore", Duration.ofMinutes(10)));
    assertThat(output.readLine()).isEqualTo("ignore for alice");
    assertThat(output.readLine()).isEqualTo("no answer to that");

    call.cancel(/* mayInterruptIfRunning= */ true);

    await().until(() -> bridge.uplinkQueues().counts().outstanding() == 0);
    assertThat(call("get").ok()).isTrue();
  }

  @Test
  void backEndThatDiesInMidCall_costsThatCall_andServesAgainWhenItIsBack() throws Exception {
    CallResult died = call("stop", Duration.ofSeconds(1));

    assertThat(died.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(program.waitFor()).isEqualTo(3);
    startProgram();
    assertThat(call("get").ok()).isTrue();
    assertThat(output.readLine()).as("not the call that had expired").isEqualTo("get for alice");
  }

  @Test
  void brokerThatDies_isUnavailable_soonInMidCall_andAtOnceAfterwards() throws Exception {
    Future<CallResult> call = threads.submit(() -> call("ignore", Duration.ofMinutes(10)));
    assertThat(output.readLine()).isEqualTo("ignore for alice");

    broker.kill();

    assertThat(call.get().status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(call.get().message()).contains("may have been done");
    await().until(() -> !bridge.connected());
    CallResult next = call("get", Duration.ofMinutes(10));
    assertThat(next.status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(next.message()).contains("nothing was done");
    assertThat(next.retryAfter()).isPositive();
    broker.startAgain();
  }

  @Test
  void queueThatCannotBe_isRefused() {
    var identity = CallIdentity.of(List.of(), Optional.empty(), Clock.systemUTC());
    for (String wrong : List.of("", "a b", "a::b", "trunkline.#", "x".repeat(201))) {
      assertThatThrownBy(() -> JmsBackEnd.open("s", wrong, bridge.uplinkQueues(), identity))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("queue '");
    }
  }
}
