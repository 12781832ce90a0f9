package io.trunkline.client.cli;

import io.trunkline.client.ClientListener;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.SessionInfo;
import io.trunkline.client.TrunklineClient;
import io.trunkline.protocol.v1.Expect;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Prints what is pushed to this client. */
@Command(
    name = "listen",
    description = "Prints one line for each notification: time, id, type, text.",
    mixinStandardHelpOptions = true)
final class ListenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ClientMain main = new ClientMain();

  @Option(names = "--count", paramLabel = "N", description = "End after so many notifications")
  private long count = Long.MAX_VALUE;

  @Option(names = "--no-ack", description = "Take notifications without acknowledging them")
  private boolean noAck;

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
    Counter counter = new Counter(new NotificationPrinter(out, err, main.connect().json), end);
    try (TrunklineClient client =
        main.connect().builder().autoAck(false).listener(counter).build()) {
      Thread hook = new Thread(() -> ConnectOptions.end(client), "bye");
      Runtime.getRuntime().addShutdownHook(hook);
      ConnectOptions.connect(client);
      awaitEnd(end, client);
      removeHook(hook);
      return end.getNow(0);
    }
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

  /** Prints, takes over, and says when it is enough. */
  private final class Counter implements ClientListener {
    private final NotificationPrinter printer;
    private final CompletableFuture<Integer> end;
    private long seen;
    private boolean welcomed;

    Counter(NotificationPrinter printer, CompletableFuture<Integer> end) {
      this.printer = printer;
      this.end = end;
    }

    @Override
    public void connected(SessionInfo session) {
      welcomed = true;
      printer.connected(session);
    }

    @Override
    public void disconnected(Disconnect disconnect) {
      printer.disconnected(disconnect);
    }

    @Override
    public void attemptFailed(Disconnect disconnect) {
      // For a person the very first one is told by the exception that ends the command.
      if (welcomed || main.connect().json) {
        printer.attemptFailed(disconnect);
      }
    }

    @Override
    public void goAway(String reason, Duration delay) {
      printer.goAway(reason, delay);
    }

    @Override
    public void notification(Notification notification) {
      if (seen >= count) {
        return;
      }
      printer.notification(notification);
      if (!noAck && notification.expect() == Expect.ACK) {
        notification.ack();
      }
      if (++seen >= count) {
        end.complete(0);
      }
    }

    @Override
    public void closed(Disconnect last) {
      end.complete(ClientMain.REFUSED);
    }
  }
}
