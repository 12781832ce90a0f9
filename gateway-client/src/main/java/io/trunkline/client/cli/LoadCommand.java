package io.trunkline.client.cli;

import com.google.gson.JsonObject;
import io.trunkline.client.TrunklineClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Many connections at once. */
@Command(
    name = "load",
    description = "Opens many connections and calls echo on them.",
    mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
  private static final long STEP_MS = 10;
  private static final long BYE_PATIENCE_MS = 3_000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ClientMain main = new ClientMain();

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many. Default: ${DEFAULT-VALUE}")
  private int connections;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "500",
      description = "New connections per second. Default: ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--calls-per-second",
      paramLabel = "C",
      defaultValue = "0",
      description = "Calls per second over all connections. Default: ${DEFAULT-VALUE}")
  private int callsPerSecond;

  @Option(
      names = "--call",
      paramLabel = "SERVICE.METHOD",
      defaultValue = "echo.echo",
      description = "What to call. Default: ${DEFAULT-VALUE}")
  private String target = "";

  @Option(
      names = "--payload-bytes",
      paramLabel = "B",
      defaultValue = "100",
      description = "Size of a call's payload. Default: ${DEFAULT-VALUE}")
  private int payloadBytes;

  @Option(
      names = "--duration",
      paramLabel = "30s",
      defaultValue = "30s",
      description = "From the first connection on. Default: ${DEFAULT-VALUE}")
  private Duration duration = Duration.ofSeconds(30);

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description = "One token a line, used in turn. Default: --token for all")
  private @Nullable Path tokens;

  @Option(
      names = "--user-prefix",
      paramLabel = "P",
      defaultValue = "load-",
      description =
          "The device of connection i is this prefix and i, so that one user may have many."
              + " Default: ${DEFAULT-VALUE}")
  private String prefix = "";

  @Override
  public Integer call() throws InterruptedException {
    if (connections < 1 || rate < 1 || callsPerSecond < 0 || payloadBytes < 0) {
      throw new CliException(
          ClientMain.UNUSABLE, "--connections and --rate start at 1, the others at 0");
    }
    CallTarget name = CallTarget.parse(target);
    LoadStatistics statistics = new LoadStatistics();
    List<TrunklineClient> clients = build(statistics);
    LoadRun run = new LoadRun(clients, name, new byte[payloadBytes], statistics);
    // The first alone: when nothing is there, the command ends with the reason.
    var unusedSession = ConnectOptions.connect(clients.get(0));
    PrintWriter err = spec.commandLine().getErr();
    ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    try {
      var unusedSteps =
          timer.scheduleAtFixedRate(
              () -> run.step(rate, callsPerSecond), 0, STEP_MS, TimeUnit.MILLISECONDS);
      var unusedProgress =
          timer.scheduleAtFixedRate(
              () -> {
                err.println(statistics.progress());
                err.flush();
              },
              1,
              1,
              TimeUnit.SECONDS);
      Thread.sleep(duration.toMillis());
    } finally {
      timer.shutdown();
      boolean unused = timer.awaitTermination(1, TimeUnit.SECONDS);
    }
    JsonObject summary = statistics.summary();
    clients.forEach(TrunklineClient::close);
    awaitEnd(clients);
    PrintWriter out = spec.commandLine().getOut();
    out.println(main.connect().json ? summary.toString() : LoadStatistics.text(summary));
    out.flush();
    return statistics.everConnected() >= connections ? 0 : ClientMain.REFUSED;
  }

  private static void awaitEnd(List<TrunklineClient> clients) {
    CompletableFuture<?>[] ends =
        clients.stream().map(TrunklineClient::closed).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(ends)
        .completeOnTimeout(null, BYE_PATIENCE_MS, TimeUnit.MILLISECONDS)
        .join();
  }

  private List<TrunklineClient> build(LoadStatistics statistics) {
    List<String> known = readTokens();
    List<TrunklineClient> clients = new ArrayList<>(connections);
    for (int i = 0; i < connections; i++) {
      String device = prefix + i;
      clients.add(
          (known.isEmpty()
                  ? main.connect().builderFor(device)
                  : main.connect().builder(known.get(i % known.size()), device))
              .retryFirstConnect(i > 0)
              .callbackExecutor(Runnable::run)
              .listener(statistics)
              .build());
    }
    return clients;
  }

  private List<String> readTokens() {
    if (tokens == null) {
      return List.of();
    }
    try (var lines = Files.lines(tokens)) {
      List<String> known = lines.map(String::strip).filter(line -> !line.isEmpty()).toList();
      if (known.isEmpty()) {
        throw new CliException(ClientMain.UNUSABLE, tokens + " holds no token");
      }
      return known;
    } catch (IOException e) {
      throw new CliException(ClientMain.UNUSABLE, "cannot read tokens from " + tokens);
    }
  }
}
