package io.trunkline.client.cli;

import io.trunkline.client.ControlResult;
import io.trunkline.client.Notification;
import io.trunkline.client.TrunklineClient;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The shell's commands about topics, notifications and tokens. */
final class DownlinkCommands {
  private final TrunklineClient client;
  private final NotificationPrinter printer;
  private final Unanswered unanswered;
  private final PrintWriter err;

  DownlinkCommands(
      TrunklineClient client, NotificationPrinter printer, Unanswered unanswered, PrintWriter err) {
    this.client = client;
    this.printer = printer;
    this.unanswered = unanswered;
    this.err = err;
  }

  /** False: it is not one of these. */
  boolean obey(String line) {
    List<String> words = List.of(line.strip().split("\\s+", 3));
    String command = words.get(0);
    if (!List.of("subscribe", "unsubscribe", "ack", "reply", "refresh").contains(command)) {
      return false;
    }
    if (words.size() < 2) {
      err.println(command + " of what? Try help");
      err.flush();
      return true;
    }
    try {
      obey(command, words.get(1), words.size() > 2 ? words.get(2) : "");
    } catch (IllegalArgumentException | CliException e) {
      err.println(e.getMessage());
    }
    err.flush();
    return true;
  }

  private void obey(String command, String what, String more) {
    switch (command) {
      case "subscribe" ->
          client
              .subscribe(what, unanswered)
              .result()
              .thenAcceptAsync(result -> printer.subscribed(what, result));
      case "unsubscribe" ->
          client.unsubscribe(what).thenAcceptAsync(result -> printer.unsubscribed(what, result));
      case "refresh" -> client.refresh(ConnectOptions.readToken(what)).thenAcceptAsync(this::token);
      default -> answer(command, what, more);
    }
  }

  private void answer(String command, String id, String text) {
    Notification notification = unanswered.take(id);
    if (notification == null) {
      err.println("no notification " + id + " waits for an answer");
    } else if (command.equals("ack")) {
      notification.ack();
    } else {
      notification.reply(text.getBytes(StandardCharsets.UTF_8), CallTarget.contentType(text));
    }
  }

  private void token(ControlResult result) {
    err.println(
        result.ok()
            ? "the gateway took the token"
            : "the gateway refused the token: " + result.status() + " " + result.message());
    err.flush();
  }
}
