package io.trunkline.gateway.api;

import io.helidon.openapi.OpenApiFeature;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.cluster.Drain;
import io.trunkline.gateway.cluster.GoneNodes;
import io.trunkline.gateway.cluster.NodeChoice;
import io.trunkline.gateway.cluster.NodeConfig;
import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.gateway.session.Handshakes;
import io.trunkline.gateway.session.Resumes;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.session.Sessions;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.gateway.transport.ConnectionCounts;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.gateway.uplink.Uplink;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.SessionJournal;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management API of a node: HTTP on Helidon, every request on a virtual thread of its own.
 *
 * <p>What is under {@code /api/v1} wants the bearer token; a client may ask with its own where to
 * connect. {@code /observe/health}, {@code /observe/metrics} and {@code /openapi} are open, for
 * probes and scrapers that have no token: who lets the API listen on more than loopback shows them
 * to that network.
 */
public final class ManagementApi implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ManagementApi.class);
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(2);

  private final ApiConfig config;
  private final NodeMetrics metrics;
  private final WebServer server;

  private ManagementApi(Parts parts) throws IOException {
    long startNs = System.nanoTime();
    config = parts.config();
    metrics = NodeMetrics.register(parts);
    server =
        WebServer.builder()
            .host(config.host())
            .port(config.port())
            .maxPayloadSize(config.maxBody().bytes())
            .shutdownHook(false)
            .shutdownGracePeriod(SHUTDOWN_GRACE)
            .featuresDiscoverServices(false)
            .addFeature(observe(parts))
            .addFeature(OpenApiFeature.create())
            .directHandlers(Problems.direct())
            .routing(routing -> route(routing, parts))
            .build();
    listen();
    log.info(
        "management API on {} after {} ms",
        address(),
        Duration.ofNanos(System.nanoTime() - startNs).toMillis());
  }

  /**
   * Loads what the first start spends most of its time with, in the background; for a caller that
   * waits for other things meanwhile.
   */
  public static void prepare() {
    Thread.ofPlatform()
        .name("api-prepare")
        .daemon()
        .start(
            () -> {
              NodeMetrics.prepare();
              WebServer.builder().shutdownHook(false).featuresDiscoverServices(false).build();
            });
  }

  /** What the API shows and what it acts on. */
  public record Parts(
      ApiConfig config,
      String node,
      Database database,
      JmsBridge bridge,
      SessionRegistry registry,
      Sessions sessions,
      Resumes resumes,
      Handshakes handshakes,
      Uplink uplink,
      Downlink downlink,
      Streams streams,
      List<Lane> lanes,
      ConnectionCounts connections,
      SessionJournal journal,
      GoneNodes gone,
      Cluster cluster) {
    public Parts {
      lanes = List.copyOf(lanes);
    }

    /**
     * @throws BindException if it cannot listen, with the address and the setting
     */
    public ManagementApi start() throws IOException {
      return new ManagementApi(this);
    }
  }

  /**
   * The node among the others.
   *
   * @param config has what a drain is that says nothing of itself
   * @param verifier of clients' tokens, for those who ask where to connect
   * @param held whether the node's lease runs, and it may act for the cluster; any thread
   */
  public record Cluster(
      NodeConfig config,
      NodeChoice choice,
      Drain drain,
      TokenVerifier verifier,
      BooleanSupplier held) {}

  private ObserveFeature observe(Parts parts) {
    return ObserveFeature.builder()
        .observersDiscoverServices(false)
        .addObserver(
            HealthObserver.builder()
                .details(true)
                .useSystemServices(false)
                .addHealthChecks(NodeHealth.checks(parts))
                .build())
        .addObserver(metrics.observer())
        .build();
  }

  private static void route(HttpRouting.Builder routing, Parts parts) {
    routing.error(Throwable.class, Problems::answer);
    routing.register(Endpoint.ROOT, new ApiService(parts));
  }

  private void listen() throws IOException {
    try {
      if (config.port() != 0) {
        probe();
      }
      server.start();
      if (!server.isRunning()) {
        throw new BindException("the log has the cause");
      }
    } catch (IOException e) {
      metrics.close();
      var failure =
          new BindException(
              "the management API cannot listen on %s:%d (settings api.host, api.port): %s"
                  .formatted(config.host(), config.port(), e.getMessage()));
      failure.initCause(e);
      throw failure;
    }
  }

  /** Helidon logs why it cannot listen, at length, and does not throw. */
  private void probe() throws IOException {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(config.host()), config.port()));
    }
  }

  /** Where it listens, as {@code host:port}. */
  public String address() {
    return config.host() + ":" + server.port();
  }

  @Override
  public void close() {
    server.stop();
    metrics.close();
  }
}
