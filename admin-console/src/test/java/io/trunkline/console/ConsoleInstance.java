package io.trunkline.console;

import io.trunkline.jms.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The console as its users start it: a process from the dist folder. */
final class ConsoleInstance implements AutoCloseable {
  private final Process process;
  private final int port;

  private ConsoleInstance(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static ConsoleInstance start(PostgresAndBroker parts, String... settings) throws IOException {
    return start(parts, FreePorts.take(), settings);
  }

  static ConsoleInstance start(PostgresAndBroker parts, int port, String... settings)
      throws IOException {
    var jms = parts.brokerAs("console");
    var db = parts.database();
    List<String> command =
        new ArrayList<>(
            List.of(
                PostgresAndBroker.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseCompactObjectHeaders",
                "-cp",
                System.getProperty("console.dir") + "/*",
                "io.trunkline.console.ConsoleMain",
                "--child"));
    for (String setting :
        List.of(
            "db.url=" + db.url(),
            "db.user=" + db.user(),
            "db.password=" + db.password(),
            "jms.url=" + jms.url(),
            "jms.user=" + jms.user(),
            "jms.password=" + jms.password(),
            "jms.connection-ttl=4s",
            // A JVM that has just started takes its time on a busy machine.
            "db.connect-timeout=1m",
            "jms.connect-timeout=1m",
            "console.port=" + port,
            "console.health-interval=500ms")) {
      command.addAll(List.of("--set", setting));
    }
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    return new ConsoleInstance(new ProcessBuilder(command).start(), port);
  }

  /** The first line of standard output; {@code null} if it has ended without any. */
  @Nullable String firstLine() throws IOException {
    return process.inputReader(StandardCharsets.UTF_8).readLine();
  }

  String errors() throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the console has not ended");
    }
    return process.exitValue();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  /** As if the parent had died. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  @Override
  public void close() throws IOException {
    endInput();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
