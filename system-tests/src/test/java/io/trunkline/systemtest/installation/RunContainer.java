package io.trunkline.systemtest.installation;

import io.trunkline.jms.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.shrinkwrap.api.Archive;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./trunkline run} as a container: a process of its own with its own children, ready when it
 * says so. Its ports are free ones, the same at each start, so that clients find it again. Nothing
 * is deployed to it.
 */
public final class RunContainer implements DeployableContainer<RunConfiguration> {
  private static final List<String> PORTS =
      List.of(
          "clients.port",
          "api.port",
          "console.port",
          "embedded.postgres-port",
          "embedded.jms-port");

  private final List<Integer> ports = FreePorts.take(PORTS.size());
  private RunConfiguration configuration = new RunConfiguration();
  private @Nullable Program program;
  private int starts;

  @Override
  public Class<RunConfiguration> getConfigurationClass() {
    return RunConfiguration.class;
  }

  @Override
  public void setup(RunConfiguration given) {
    configuration = given;
  }

  @Override
  public void start() throws LifecycleException {
    Installation installation = Installation.of(configuration.installation());
    try {
      if (!configuration.keepData()) {
        Leftovers.end(installation);
        deleteTree(installation.folder());
      }
      addExtensions(installation.data().resolve("extensions"));
      keepLogs(installation.folder());
      Program started =
          Program.start(
              installation.folder(),
              Installation.PROGRAM,
              Distribution.run(installation.data(), settings()));
      program = started;
      Leftovers.remember(installation.pidFile(), started.handle());
      started.awaitOutput("ready", Duration.ofSeconds(configuration.readyTimeoutSeconds()));
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      throw notStarted(e);
    } catch (IOException e) {
      throw new LifecycleException("cannot be started", e);
    }
  }

  private void addExtensions(Path folder) throws IOException {
    if (configuration.extensions().isEmpty()) {
      return;
    }
    Files.createDirectories(folder);
    for (Path jar : Distribution.jars(configuration.extensions())) {
      Files.copy(jar, folder.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private LifecycleException notStarted(RuntimeException e) {
    Program failed = program;
    String told = failed == null ? "" : failed.told("is not ready");
    try {
      stop();
    } catch (LifecycleException stopping) {
      e.addSuppressed(stopping);
    }
    return new LifecycleException(told, e);
  }

  private List<String> settings() {
    List<String> settings = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      settings.add(PORTS.get(i) + "=" + ports.get(i));
    }
    settings.addAll(configuration.settings());
    return settings;
  }

  /** What the start before this one said stays beside it. */
  private void keepLogs(Path folder) throws IOException {
    starts++;
    for (String kind : List.of(".out", ".err")) {
      Path log = folder.resolve(Installation.PROGRAM + kind);
      if (Files.exists(log)) {
        Files.move(
            log,
            folder.resolve(Installation.PROGRAM + "-" + (starts - 1) + kind),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Override
  public void stop() throws LifecycleException {
    Program running = program;
    program = null;
    if (running == null) {
      return;
    }
    try {
      running.stop();
    } catch (InterruptedException | AssertionError e) {
      throw new LifecycleException("cannot be stopped", e);
    }
  }

  /** SIGKILL to the program that was started; what becomes of its children is its own affair. */
  void kill() throws InterruptedException {
    Program running = program;
    program = null;
    if (running != null) {
      running.kill();
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Override
  public ProtocolDescription getDefaultProtocol() {
    return new ProtocolDescription("none");
  }

  @Override
  public ProtocolMetaData deploy(Archive<?> archive) {
    throw new UnsupportedOperationException("nothing is deployed to a gateway");
  }

  @Override
  public void undeploy(Archive<?> archive) {
    throw new UnsupportedOperationException("nothing is deployed to a gateway");
  }
}
