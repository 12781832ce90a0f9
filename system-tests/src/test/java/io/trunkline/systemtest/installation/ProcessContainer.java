package io.trunkline.systemtest.installation;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.shrinkwrap.api.Archive;
import org.jspecify.annotations.Nullable;

/**
 * A process of an installation as a container: a gateway node, the database, the broker, or all in
 * one. Its ports are free ones, the same at each start. Nothing is deployed to it.
 */
public final class ProcessContainer implements DeployableContainer<ContainerSettings> {
  private final Map<Link, TcpProxy> links = new EnumMap<>(Link.class);
  private ContainerSettings settings = new ContainerSettings();
  private @Nullable Supervised process;

  /** Begun, and nobody has waited for it. */
  private boolean launched;

  @Override
  public Class<ContainerSettings> getConfigurationClass() {
    return ContainerSettings.class;
  }

  @Override
  public void setup(ContainerSettings given) {
    settings = given;
  }

  ContainerSettings settings() {
    return settings;
  }

  /**
   * Begins a start, for which {@link #start} waits then: so several processes start side by side.
   *
   * @throws LifecycleException if there is nothing to wait for
   */
  void launch() throws LifecycleException {
    begin(Supervised::launch);
    launched = true;
  }

  @Override
  public void start() throws LifecycleException {
    Supervised begun = process;
    if (launched && begun != null) {
      launched = false;
      carryOut(begun, Supervised::awaitReady);
    } else {
      begin(
          started -> {
            started.launch();
            started.awaitReady();
          });
    }
  }

  private interface Step {
    void of(Supervised process) throws IOException, InterruptedException, StartupException;
  }

  private void begin(Step step) throws LifecycleException {
    Supervised begun;
    try {
      Installation installation = settings.installation();
      installation.claim();
      openLinks(installation);
      Part part = part(installation);
      if (!settings.keepData()) {
        part.forget();
      }
      begun = new Supervised(settings, part);
    } catch (StartupException | IOException e) {
      throw new LifecycleException(settings.name() + " cannot be started", e);
    }
    process = begun;
    carryOut(begun, step);
  }

  private void carryOut(Supervised begun, Step step) throws LifecycleException {
    try {
      step.of(begun);
    } catch (ConditionTimeoutException | TerminalFailureException | AssertionError e) {
      throw notStarted(begun, e);
    } catch (StartupException | IOException e) {
      throw notStarted(begun, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notStarted(begun, e);
    }
  }

  private Part part(Installation installation) throws IOException, StartupException {
    return switch (settings.type()) {
      case RUN -> new RunPart(settings, installation);
      case NODE -> new NodePart(settings, installation, links);
      case POSTGRES -> PostgresPart.of(installation);
      case BROKER -> new BrokerPart(settings, installation);
    };
  }

  /** What an earlier test made of them is over. */
  private void openLinks(Installation installation) throws IOException {
    for (Link link : Link.values()) {
      TcpProxy known = links.get(link);
      if (known != null) {
        known.recover();
      } else if (settings.goesThrough(link)) {
        links.put(link, TcpProxy.to(installation.ports().port(link.target())));
      }
    }
  }

  private LifecycleException notStarted(Supervised failed, Throwable e) {
    String told = failed.told("is not ready");
    try {
      kill();
    } catch (IOException | InterruptedException ending) {
      e.addSuppressed(ending);
    }
    return new LifecycleException(told, e);
  }

  /** Begins a stop, for which {@link #stop} waits then. */
  void leave() {
    Supervised running = process;
    if (running != null) {
      try {
        var _ = running.requestStop();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void stop() throws LifecycleException {
    Supervised running = process;
    process = null;
    if (running == null) {
      return;
    }
    try {
      running.stop();
    } catch (InterruptedException | IOException | AssertionError e) {
      throw new LifecycleException("cannot be stopped", e);
    }
  }

  /** SIGKILL, and it stays away until it is started. */
  void kill() throws IOException, InterruptedException {
    Supervised running = process;
    process = null;
    launched = false;
    if (running != null) {
      running.kill();
    }
  }

  void recover() {
    links.values().forEach(TcpProxy::recover);
    Supervised running = process;
    if (running != null) {
      try {
        running.wake();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * The process since its last start.
   *
   * @throws IllegalStateException if it was not started, or was stopped or killed since
   */
  Supervised process() {
    Supervised running = process;
    if (running == null) {
      throw new IllegalStateException(settings.name() + " was not started");
    }
    return running;
  }

  /**
   * Its way to another.
   *
   * @throws IllegalStateException if it has no proxy there, or was never started
   */
  TcpProxy link(Link link) {
    TcpProxy proxy = links.get(link);
    if (proxy == null) {
      throw new IllegalStateException(
          settings.name() + " does not reach its " + link.word() + " through a proxy");
    }
    return proxy;
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
