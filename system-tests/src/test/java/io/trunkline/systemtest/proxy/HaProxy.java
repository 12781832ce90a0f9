package io.trunkline.systemtest.proxy;

import static org.awaitility.Awaitility.await;

import io.trunkline.jms.FreePorts;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A real HAProxy with the configuration that is shipped. */
final class HaProxy implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration CHECK_TIMEOUT = Duration.ofMinutes(2);

  /** Columns of its statistics. */
  private static final int SERVER = 1;

  private static final int STATUS = 17;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int clientsPort;
  private final int apiPort;
  private final int statsPort;
  private final Program program;

  /** Where a node listens. */
  record Node(int clientsPort, int apiPort) {}

  /**
   * @param clientsPort free
   */
  HaProxy(Installation installation, int clientsPort, Node first, Node second) throws IOException {
    this.clientsPort = clientsPort;
    List<Integer> ports = FreePorts.take(3);
    apiPort = ports.get(0);
    statsPort = ports.get(1);
    Map<String, Object> environment = new TreeMap<>();
    environment.put("CLIENTS_BIND", "127.0.0.1:" + clientsPort);
    environment.put("API_BIND", "127.0.0.1:" + apiPort);
    environment.put("STATS_BIND", "127.0.0.1:" + statsPort);
    environment.put("CONSOLE_BIND", "127.0.0.1:" + ports.get(2));
    environment.put("CONSOLE_HOST", "127.0.0.1");
    environment.put("CONSOLE_PORT", 1);
    put(environment, "NODE_1_", first);
    put(environment, "NODE_2_", second);
    List<String> command = new ArrayList<>(List.of("env"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(List.of("haproxy", "-db", "-f", configuration().toString()));
    program = Program.start(installation.folder(), "haproxy", command);
  }

  private static void put(Map<String, Object> environment, String prefix, Node node) {
    environment.put(prefix + "HOST", "127.0.0.1");
    environment.put(prefix + "PORT", node.clientsPort());
    environment.put(prefix + "API_PORT", node.apiPort());
  }

  private static Path configuration() {
    String dist = Objects.requireNonNull(System.getProperty("dist.dir"), "dist.dir");
    return Path.of(dist).resolve("../../docker/haproxy.cfg").normalize();
  }

  int clientsPort() {
    return clientsPort;
  }

  /** With the path of a resource behind it. */
  URI api(String path) {
    return URI.create("http://127.0.0.1:" + apiPort + path);
  }

  /** What it says of itself on its standard output. */
  List<String> log() {
    return program.output();
  }

  /** Waits until its checks say so of both nodes; true is up. */
  void awaitNodes(boolean first, boolean second) {
    await("HAProxy runs")
        .atMost(START_TIMEOUT)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> !statistics().isEmpty());
    await("nodes are seen as they are")
        .atMost(CHECK_TIMEOUT)
        .until(() -> isUp("gw-1") == first && isUp("gw-2") == second);
  }

  private boolean isUp(String server) throws IOException, InterruptedException {
    return statistics().stream()
        .map(line -> line.split(",", -1))
        .filter(columns -> columns[0].equals("nodes") && columns[SERVER].equals(server))
        .anyMatch(columns -> columns[STATUS].startsWith("UP")); // with "UP 1/2" it is still used
  }

  private List<String> statistics() throws IOException, InterruptedException {
    URI csv = URI.create("http://127.0.0.1:" + statsPort + "/;csv");
    return http.send(HttpRequest.newBuilder(csv).build(), HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .toList();
  }

  @Override
  public void close() {
    program.close();
    http.close();
  }
}
