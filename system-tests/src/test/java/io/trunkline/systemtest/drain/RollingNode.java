package io.trunkline.systemtest.drain;

import io.trunkline.systemtest.installation.Distribution;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Program;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/**
 * {@code ./trunkline node} with the database and the broker of an installation, stopped by SIGTERM
 * and started again by whoever rolls a new version out.
 */
final class RollingNode implements AutoCloseable {
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);

  private final Installation installation;
  private final String id;
  private final int port;
  private final Path settingsFile;
  private Program program;
  private int starts;

  RollingNode(Installation installation, String id, int port, Map<String, String> more)
      throws IOException {
    this.installation = installation;
    this.id = id;
    this.port = port;
    settingsFile = installation.data().resolve(id + ".properties");
    var settings = new Properties();
    settings.setProperty("node.id", id);
    settings.setProperty("clients.port", Integer.toString(port));
    settings.setProperty("api.port", "0");
    settings.setProperty("api.token", installation.secret("api-token"));
    settings.setProperty(
        "auth.public-key", installation.data().resolve("token-key.pub.pem").toString());
    settings.setProperty("db.url", installation.reports().jdbcUrl());
    settings.setProperty("db.user", "trunkline");
    settings.setProperty("db.password", installation.secret("postgres-trunkline"));
    settings.setProperty("jms.url", installation.jmsUrl());
    settings.setProperty("jms.user", "gateway");
    settings.setProperty("jms.password", installation.secret("jms-gateway"));
    // A JVM that has just started takes its time on a busy machine.
    settings.setProperty("db.connect-timeout", "30s");
    settings.setProperty("jms.connect-timeout", "30s");
    settings.putAll(more);
    try (Writer writer = Files.newBufferedWriter(settingsFile)) {
      settings.store(writer, null);
    }
    program = start();
  }

  private Program start() throws IOException {
    starts++;
    return Program.start(installation.folder(), id + "-" + starts, Distribution.node(settingsFile));
  }

  String id() {
    return id;
  }

  String url() {
    return "tcp://127.0.0.1:" + port;
  }

  void awaitReady() {
    program.awaitOutput("ready", READY_TIMEOUT);
  }

  /**
   * SIGTERM; waits for its end, and starts the next.
   *
   * @return exit code of the one that was stopped
   */
  int replace() throws IOException, InterruptedException {
    int code = program.stop();
    program = start();
    awaitReady();
    return code;
  }

  @Override
  public void close() {
    program.close();
  }
}
