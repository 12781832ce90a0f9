package io.trunkline.systemtest;

import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.systemtest.installation.Distribution;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Program;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * {@code ./trunkline client listen --json}, a process of its own.
 *
 * @param program as it was started
 */
record Listener(Program program) implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  static Listener start(Installation installation, String user, String device) throws IOException {
    return new Listener(
        Program.start(
            installation.folder(),
            user,
            Distribution.client(
                List.of(
                    "listen",
                    "--json",
                    // Nothing of another installation, and nothing in the user's home.
                    "--store",
                    "none",
                    "--url",
                    installation.clientUrl(),
                    "--token",
                    installation.token(user),
                    "--device",
                    device))));
  }

  /** Its events of a kind so far. */
  List<JsonObject> events(String kind) {
    return program.output().stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .filter(event -> text(event, "event").equals(kind))
        .toList();
  }

  /** What was pushed to it so far. */
  List<String> payloads() {
    return events("notification").stream().map(event -> text(event, "payload")).toList();
  }

  /** Waits for the n-th event of a kind, counted from 1. */
  JsonObject awaitEvent(String kind, int count) {
    return await(kind + " number " + count)
        .atMost(TIMEOUT)
        .until(() -> events(kind), found -> found.size() >= count)
        .get(count - 1);
  }

  /** Waits until it is connected for the n-th time; the session's id. */
  String awaitSession(int count) {
    return text(awaitEvent("connected", count), "session");
  }

  static String text(JsonObject event, String field) {
    return event.get(field).getAsString();
  }

  @Override
  public void close() {
    program.close();
  }
}
