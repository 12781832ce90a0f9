package io.trunkline.systemtest.installation;

import io.trunkline.jms.FreePorts;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./trunkline node}: one more node with the database and the broker of an installation,
 * under a supervisor that starts it again whenever it ends, as it does where its database or broker
 * is away at the start. Thread-safe.
 */
public final class FurtherNode implements AutoCloseable {
  private static final String NAME = "node";
  private static final long RESTART_MS = 500;
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);

  private final Installation installation;
  private final Path settingsFile;
  private final int clientsPort;
  private final Thread supervisor;
  private volatile boolean closing;
  private @Nullable Program program;
  private int starts;

  /**
   * Starts it; {@link #awaitReady} waits.
   *
   * @param more settings beside those that tie it to the installation
   */
  public FurtherNode(Installation installation, Map<String, String> more) throws IOException {
    this.installation = installation;
    this.clientsPort = FreePorts.take();
    this.settingsFile = installation.data().resolve("node.properties");
    var settings = new Properties();
    settings.putAll(
        Map.of(
            "node.id",
            "gw-2",
            "clients.port",
            Integer.toString(clientsPort),
            "api.port",
            "0",
            "api.token",
            installation.secret("api-token"),
            "auth.public-key",
            installation.data().resolve("token-key.pub.pem").toString(),
            "db.url",
            installation.reports().jdbcUrl(),
            "db.user",
            "trunkline",
            "db.password",
            installation.secret("postgres-trunkline")));
    settings.putAll(
        Map.of(
            "jms.url",
            installation.jmsUrl(),
            "jms.user",
            "gateway",
            "jms.password",
            installation.secret("jms-gateway")));
    settings.putAll(more);
    try (Writer writer = Files.newBufferedWriter(settingsFile)) {
      settings.store(writer, null);
    }
    this.supervisor = Thread.ofPlatform().daemon().name("node-supervisor").start(this::supervise);
  }

  public int clientsPort() {
    return clientsPort;
  }

  private void supervise() {
    try {
      while (!closing) {
        start().awaitEnd();
        TimeUnit.MILLISECONDS.sleep(RESTART_MS);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the node cannot be started", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Program start() throws IOException {
    starts++;
    Program started =
        Program.start(installation.folder(), NAME + "-" + starts, Distribution.node(settingsFile));
    Leftovers.remember(installation.nodePidFile(), started.handle());
    program = started;
    return started;
  }

  private synchronized @Nullable Program program() {
    return program;
  }

  /** Waits until it serves. */
  public void awaitReady() {
    org.awaitility.Awaitility.await("node is ready")
        .atMost(READY_TIMEOUT)
        .until(
            () -> {
              Program now = program();
              return now != null && now.isAlive() && now.output().contains("ready");
            });
  }

  /** SIGKILL; it will be started again. */
  public void kill() throws InterruptedException {
    Program now = program();
    if (now != null) {
      now.kill();
    }
  }

  @Override
  public void close() {
    closing = true;
    supervisor.interrupt();
    Program now = program();
    if (now != null) {
      now.close();
    }
  }
}
