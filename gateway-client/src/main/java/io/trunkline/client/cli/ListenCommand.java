package io.trunkline.client.cli;

import io.trunkline.client.ClientBuilder;
import io.trunkline.client.TrunklineClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Prints what is pushed to this client. */
@Command(
    name = "listen",
    description = {
      "Prints one line for each notification: time, id, stream, offset, type, text.",
      "What happens to the session and its streams goes to standard error."
    },
    mixinStandardHelpOptions = true)
final class ListenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ClientMain main = new ClientMain();
  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--topic",
      paramLabel = "T",
      description = "Subscribe to this topic; as often as wanted")
  private List<String> topics = new ArrayList<>();

  @Option(
      names = "--ack",
      paramLabel = "auto|none|5s",
      defaultValue = "auto",
      description =
          "Acknowledge when printed, not at all, or so long afterwards. Default:"
              + " ${DEFAULT-VALUE}")
  private String ack = "auto";

  @Option(names = "--no-ack", description = "The same as --ack none")
  private boolean noAck;

  @Option(
      names = "--reply",
      paramLabel = "TEXT",
      description = "Answer with this what expects a reply. Default: leave it without an answer")
  private @Nullable String reply;

  @Option(
      names = "--serve",
      description =
          "Offer the gateway the service 'device', which can be called through the management API:"
              + " 'info' tells what this is, 'echo' returns what it gets")
  private boolean serve;

  @Option(names = "--count", paramLabel = "N", description = "End after so many notifications")
  private long count = Long.MAX_VALUE;

  @Option(names = "--for", paramLabel = "30s", description = "End after so long")
  private @Nullable Duration duration;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (count < 1) {
      throw new CliException(ClientMain.UNUSABLE, "--count is under 1");
    }
    CompletableFuture<Integer> end = new CompletableFuture<>();
    NotificationPrinter printer = new NotificationPrinter(out, err, main.connect().json);
    try (AckPolicy acks = AckPolicy.of(noAck ? "none" : ack, reply)) {
      Listening listening = new Listening(printer, acks, count, end);
      ClientBuilder builder = main.connect().builder().autoAck(false).listener(listening);
      if (serve) {
        var unused = new DeviceService(builder.options().identity(), printer).addTo(builder);
      }
      try (TrunklineClient client = store.addTo(builder, err).build()) {
        listen(client, listening, end);
        return end.getNow(0);
      }
    }
  }

  private void listen(TrunklineClient client, Listening listening, CompletableFuture<Integer> end)
      throws InterruptedException {
    Thread hook = new Thread(() -> ConnectOptions.end(client), "bye");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      topics.forEach(topic -> listening.subscribe(client, topic));
    } catch (IllegalArgumentException e) {
      throw new CliException(ClientMain.UNUSABLE, String.valueOf(e.getMessage()));
    }
    ConnectOptions.connect(client);
    awaitEnd(end, client);
    removeHook(hook);
  }

  private void awaitEnd(CompletableFuture<Integer> end, TrunklineClient client)
      throws InterruptedException {
    try {
      if (duration == null) {
        end.get();
      } else {
        end.get(duration.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException e) {
      end.complete(0);
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing completes this exceptionally", e);
    }
    ConnectOptions.end(client);
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The virtual machine is going down: the hook runs.
    }
  }
}
