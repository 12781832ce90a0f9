package io.trunkline.systemtest.installation;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.arquillian.container.spi.Container;
import org.jboss.arquillian.container.spi.ContainerRegistry;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;

/**
 * What a test can do to its processes besides starting, stopping and killing them by Arquillian's
 * {@code ContainerController}, and where they listen. All names are the containers' in {@code
 * arquillian.xml}. Injected by {@code @ArquillianResource}.
 */
public final class Processes {
  private final ContainerRegistry registry;

  Processes(ContainerRegistry registry) {
    this.registry = registry;
  }

  private ProcessContainer container(String name) {
    Container<?> found = registry.getContainer(name);
    if (found == null) {
      throw new IllegalArgumentException("arquillian.xml has no container '" + name + "'");
    }
    return (ProcessContainer) found.getDeployableContainer();
  }

  /** The folder that the container shares with others of the same installation. */
  public Installation installation(String name) {
    return container(name).settings().installation();
  }

  /** Where clients connect to a node, {@code tcp://host:port}; it need not run. */
  public String clientUrl(String node) {
    return "tcp://127.0.0.1:" + port(node, "");
  }

  /** A node's management API, {@code http://host:port/api/v1}; it need not run. */
  public String apiUrl(String node) {
    return "http://127.0.0.1:" + port(node, ".api") + "/api/v1";
  }

  private int port(String name, String suffix) {
    ContainerSettings settings = container(name).settings();
    try {
      return settings.installation().ports().port(settings.name() + suffix);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A node's way to the database or the broker, if {@code through} names it. */
  public TcpProxy link(String node, Link link) {
    return container(node).link(link);
  }

  /**
   * Begins to start processes, side by side; {@code ContainerController.start} of each then waits
   * for it. What they need must run. For those without settings of this one start.
   */
  public void launch(List<String> names) throws LifecycleException {
    for (String name : names) {
      container(name).launch();
    }
  }

  /** Asks processes to stop; {@code ContainerController.stop} of each then waits for it. */
  public void leave(List<String> names) {
    names.forEach(name -> container(name).leave());
  }

  /**
   * Stops processes side by side, also when no test is under way. Arquillian counts them as started
   * until it is told to stop them, for which nothing is left to do.
   */
  public void end(List<String> names) throws LifecycleException {
    names.forEach(this::recover);
    leave(names);
    for (String name : names) {
      container(name).stop();
    }
  }

  public long pid(String name) {
    return container(name).process().pid();
  }

  /** SIGSTOP; of a database to all its processes. Returns when they stand still. */
  public void pause(String name) throws IOException {
    container(name).process().pause();
  }

  /** SIGCONT. */
  public void wake(String name) throws IOException {
    container(name).process().wake();
  }

  /** It is awake, and its links are open: for the end of a test that may have failed anywhere. */
  public void recover(String name) {
    container(name).recover();
  }

  /**
   * SIGKILL to what starts again by itself ({@code restart}): Arquillian still counts it as
   * started. The others are for {@code ContainerController.kill}.
   */
  public void strike(String name) throws InterruptedException {
    container(name).process().strike();
  }

  /** Waits until it serves: for what was started again by itself. */
  public void awaitReady(String name) {
    ProcessContainer container = container(name);
    await(name + " is ready")
        .atMost(container.settings().readyTimeout())
        .until(() -> container.process().isReady());
  }

  /** What it logged since its last start. */
  public Stream<String> log(String name) {
    ContainerSettings settings = container(name).settings();
    return settings.installation().output(settings.name(), ".err").lines();
  }
}
