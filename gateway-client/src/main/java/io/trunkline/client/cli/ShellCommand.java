package io.trunkline.client.cli;

import io.trunkline.client.ClientBuilder;
import io.trunkline.client.TrunklineClient;
import io.trunkline.invocation.CallResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands from standard input on one connection; notifications appear between. */
@Command(
    name = "shell",
    description = "Calls and listens interactively.",
    mixinStandardHelpOptions = true)
final class ShellCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String HELP =
      String.join(
          System.lineSeparator(),
          "call SERVICE.METHOD [PAYLOAD]   call and print the answer",
          "ping                            round trip to the gateway",
          "subscribe TOPIC                 and its messages appear",
          "unsubscribe TOPIC",
          "ack ID                          acknowledge a notification (with --no-ack)",
          "reply ID [TEXT]                 answer a notification that expects a reply",
          "refresh TOKEN|@FILE             a new token on the living connection",
          "status                          state and session",
          "help                            this",
          "quit                            end the session");

  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ClientMain main = new ClientMain();
  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--no-ack",
      description = "Acknowledge nothing by itself, only by the commands ack and reply")
  private boolean noAck;

  @Override
  public Integer call() throws InterruptedException, IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    NotificationPrinter printer = new NotificationPrinter(out, err, main.connect().json);
    Unanswered unanswered = new Unanswered(printer, noAck);
    ClientBuilder builder = main.connect().builder().autoAck(!noAck).listener(unanswered);
    try (TrunklineClient client = store.addTo(builder, err).build()) {
      DownlinkCommands downlink = new DownlinkCommands(client, printer, unanswered, err);
      var unusedSession = ConnectOptions.connect(client);
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
      boolean ended = false;
      while (!ended && !client.closed().isDone()) {
        err.print("> ");
        err.flush();
        String line = in.readLine();
        ended = line == null || (!downlink.obey(line) && !obey(line, client, out, err));
      }
      boolean refused = client.closed().isDone();
      ConnectOptions.end(client);
      return refused ? ClientMain.REFUSED : 0;
    }
  }

  /** False: it is the end. */
  private boolean obey(String line, TrunklineClient client, PrintWriter out, PrintWriter err) {
    List<String> words = List.of(line.strip().split("\\s+", 3));
    switch (words.get(0)) {
      case "" -> {}
      case "quit", "exit" -> {
        return false;
      }
      case "help" -> err.println(HELP);
      case "status" -> status(client, out);
      case "ping" -> ping(client, out, err);
      case "call" -> makeCall(words, client, out, err);
      default -> err.println("'" + words.get(0) + "' is not a command; try help");
    }
    out.flush();
    err.flush();
    return true;
  }

  private static void status(TrunklineClient client, PrintWriter out) {
    out.println(
        client.state()
            + client
                .session()
                .map(
                    session ->
                        " session "
                            + session.sessionId()
                            + " on node "
                            + session.nodeId()
                            + " at "
                            + client.options().urls())
                .orElse(""));
  }

  private static void ping(TrunklineClient client, PrintWriter out, PrintWriter err) {
    try {
      Duration roundTrip =
          client
              .ping()
              .orTimeout(TIMEOUT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
              .join();
      out.println("pong after " + roundTrip.toNanos() / 1_000 + " us");
    } catch (CompletionException e) {
      err.println("no pong: " + e.getCause());
    }
  }

  private void makeCall(
      List<String> words, TrunklineClient client, PrintWriter out, PrintWriter err) {
    if (words.size() < 2) {
      err.println("call SERVICE.METHOD [PAYLOAD]");
      return;
    }
    String payload = words.size() > 2 ? words.get(2) : "";
    try {
      CallTarget target = CallTarget.parse(words.get(1));
      CallResult result =
          client
              .call(
                  target.service(),
                  target.method(),
                  payload.getBytes(StandardCharsets.UTF_8),
                  CallTarget.contentType(payload),
                  TIMEOUT)
              .join();
      new CallPrinter(out, err, main.connect().json).print(result, false);
    } catch (CliException e) {
      err.println(e.getMessage());
    }
  }
}
