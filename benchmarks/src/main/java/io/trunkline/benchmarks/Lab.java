package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What benchmarks share: a folder for everything, the gateway and the bare server, each started
 * when first asked for. {@link #stop} ends and deletes it all, from any thread, also while a
 * benchmark runs.
 */
final class Lab implements AutoCloseable {
  static final String GATEWAY_MAIN = "io.trunkline.gateway.launcher.Main";

  /** No pings while something is measured: idle sessions are idle. */
  static final Map<String, String> QUIET_CLIENTS =
      Map.of("clients.heartbeat-interval", "20m", "clients.liveness-timeout", "40m");

  /** As {@code ./trunkline run} has it. */
  static final List<String> SERVER_HEAP = List.of("-Xms64m", "-Xmx512m");

  private final Progress progress;
  private final Path folder;
  private final List<AutoCloseable> started = new ArrayList<>();
  private @Nullable Gateway gateway;
  private @Nullable BareTarget bare;
  private List<String> tokens = List.of();
  private boolean closed;

  Lab(Progress progress) throws BenchmarkException {
    this.progress = progress;
    try {
      this.folder = Files.createTempDirectory("trunkline-bench");
    } catch (IOException e) {
      throw new BenchmarkException("no temporary folder: " + e.getMessage(), e);
    }
  }

  Progress progress() {
    return progress;
  }

  /** The data folder of the installation under test. */
  Path data() {
    return folder.resolve("data");
  }

  /** A password of the installation under test; it must have been started. */
  String secret(String name) throws BenchmarkException {
    Properties secrets = new Properties();
    try (Reader file =
        Files.newBufferedReader(data().resolve("secrets.properties"), StandardCharsets.UTF_8)) {
      secrets.load(file);
    } catch (IOException e) {
      throw new BenchmarkException("no passwords: " + e.getMessage(), e);
    }
    return secrets.getProperty(name, "");
  }

  /** Starts a process and waits until it serves; it ends with the lab. */
  JavaProcess start(String name, List<String> command) throws BenchmarkException {
    JavaProcess process = launch(name, command);
    process.awaitReady();
    return process;
  }

  /** Starts a process; it ends with the lab. */
  JavaProcess launch(String name, List<String> command) throws BenchmarkException {
    return keep(new JavaProcess(name, command, folder.resolve(name + ".log")));
  }

  /** Keeps something to be closed with the lab; closes it at once if that is over already. */
  synchronized <T extends AutoCloseable> T keep(T resource) throws BenchmarkException {
    started.add(resource);
    if (closed) {
      stop();
      throw new BenchmarkException("stopped");
    }
    return resource;
  }

  /** The gateway with database and broker, without the console. */
  Gateway gateway() throws BenchmarkException {
    Gateway running = gateway;
    if (running == null) {
      // As fast as clients come: it is known what that costs who is there already.
      running = keep(startGateway(List.of("clients.admission-rate=0")));
      gateway = running;
    }
    return running;
  }

  /**
   * A gateway for whoever closes it; one at a time, on the same data.
   *
   * @param more settings, each {@code key=value}
   */
  Gateway startGateway(List<String> more) throws BenchmarkException {
    progress.say("starting gateway, database and broker");
    List<String> command = JavaProcess.command("server", SERVER_HEAP, GATEWAY_MAIN);
    command.addAll(List.of("run", "--data", data().toString(), "--set", "embedded.console=false"));
    List<String> settings =
        new ArrayList<>(
            List.of(
                "clients.port=0", "api.port=0", "embedded.jms-port=0", "embedded.postgres-port=0"));
    QUIET_CLIENTS.forEach((key, value) -> settings.add(key + "=" + value));
    settings.addAll(more);
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    return new Gateway(start("gateway", command), progress);
  }

  /** The bare Netty server. */
  BareTarget bare() throws BenchmarkException {
    BareTarget running = bare;
    if (running == null) {
      running = startBare();
      bare = running;
    }
    return running;
  }

  /** Another bare Netty server, for whoever closes it. */
  BareTarget startBare() throws BenchmarkException {
    progress.say("starting the bare Netty server");
    List<String> command = JavaProcess.command("bench", SERVER_HEAP, BareServer.class.getName());
    return new BareTarget(start("bare", command));
  }

  /** Tokens of so many users, signed with the installation's key; it must have been started. */
  List<String> tokens(int count) throws BenchmarkException {
    if (tokens.size() < count) {
      progress.say("signing " + count + " tokens");
      List<String> command = JavaProcess.command("server", List.of("-Xmx256m"), GATEWAY_MAIN);
      command.addAll(
          List.of("token", "--user", "load", "--ttl", "2h", "--count", Integer.toString(count)));
      command.addAll(List.of("--data", data().toString()));
      tokens = Shell.run(command.toArray(String[]::new)).lines().toList();
      if (tokens.size() != count) {
        throw new BenchmarkException("asked for " + count + " tokens, got " + tokens.size());
      }
    }
    return tokens.subList(0, count);
  }

  @Override
  public void close() {
    stop();
  }

  /** Ends and deletes everything. A second call does nothing. */
  synchronized void stop() {
    closed = true;
    for (AutoCloseable resource : started.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        progress.say("stopping: " + e);
      }
    }
    started.clear();
    deleteFolder();
  }

  private void deleteFolder() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      progress.say("cannot delete " + folder + ": " + e);
    }
  }
}
