package io.trunkline.gateway;

import io.trunkline.configuration.Configuration;
import io.trunkline.gateway.auth.DevelopmentKey;
import io.trunkline.jms.BrokerProcess;
import io.trunkline.jms.JmsConfig;
import io.trunkline.persistence.DatabaseConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A gateway node with a real database and a real broker, all on free ports. {@link #shared} is one
 * for all tests that change nothing others see; a test that stops parts starts one of its own.
 */
public final class GatewayFixture implements AutoCloseable {
  public static final String API_TOKEN = "api-token-of-the-tests";

  private static final Duration TOKEN_TTL = Duration.ofHours(1);
  private static final AtomicInteger OWN = new AtomicInteger();

  private final String node;
  private final Path folder;
  private final boolean ownServer;
  private final TestDatabase database;
  private final BrokerProcess broker;
  private final DevelopmentKey key;
  private final Gateway gateway;

  private GatewayFixture(String node, boolean ownServer, Map<String, String> over)
      throws IOException, SQLException, StartupException {
    this.node = node;
    this.ownServer = ownServer;
    folder = Files.createTempDirectory("trunkline-gateway");
    DevelopmentKey.create(folder);
    key = DevelopmentKey.read(folder);
    database = new TestDatabase(ownServer ? new TestServer(folder) : TestServer.shared());
    broker = new BrokerProcess(folder);
    gateway = startNode(node, over);
  }

  private static final class Shared {
    private static final GatewayFixture FIXTURE = start();

    private static GatewayFixture start() {
      GatewayFixture fixture = make("gw-test", /* ownServer= */ false, Map.of());
      Runtime.getRuntime().addShutdownHook(new Thread(fixture::close));
      return fixture;
    }
  }

  /** The one that lives as long as the JVM; started when first asked for. */
  public static GatewayFixture shared() {
    return Shared.FIXTURE;
  }

  /** One of the caller's own, to be closed by it. */
  public static GatewayFixture start() {
    return start(Map.of());
  }

  /**
   * One of the caller's own, to be closed by it.
   *
   * @param settings of its node, over the fixture's
   */
  public static GatewayFixture start(Map<String, String> settings) {
    return make(ownNode(), /* ownServer= */ false, settings);
  }

  /** As {@link #start(Map)}, but {@link #stopDatabase} is possible. */
  public static GatewayFixture startWithOwnServer(Map<String, String> settings) {
    return make(ownNode(), /* ownServer= */ true, settings);
  }

  /** Nodes of one process share a registry of metrics, in which they differ by their ids. */
  private static String ownNode() {
    return "gw-own-" + OWN.incrementAndGet();
  }

  private static GatewayFixture make(String node, boolean ownServer, Map<String, String> settings) {
    try {
      return new GatewayFixture(node, ownServer, settings);
    } catch (IOException | SQLException | StartupException e) {
      throw new IllegalStateException("the fixture cannot be started", e);
    }
  }

  /**
   * Starts one more node on the same database and broker; the caller closes it.
   *
   * @param settings over the fixture's own, by their keys
   */
  public Gateway startNode(String id, Map<String, String> settings) throws StartupException {
    return Gateway.start(config(id, settings), List.of(), List.of());
  }

  /** What {@link #startNode} starts a node with. */
  public GatewayConfig config(String id, Map<String, String> settings) {
    var configuration = new Configuration();
    settings(id, settings).forEach((key, value) -> configuration.set(key, value, "fixture"));
    return configuration.bind(GatewayConfig.class);
  }

  private Map<String, String> settings(String id, Map<String, String> over) {
    DatabaseConfig db = database.config();
    JmsConfig jms = broker.config();
    Map<String, String> all =
        new HashMap<>(
            Map.ofEntries(
                Map.entry("node.id", id),
                Map.entry("node.drain-timeout", "2s"),
                Map.entry("clients.port", "0"),
                Map.entry("downlink.ack-timeout", "2s"),
                Map.entry("auth.public-key", DevelopmentKey.publicKey(folder).toString()),
                Map.entry("api.port", "0"),
                Map.entry("api.token", API_TOKEN),
                Map.entry("db.url", db.url()),
                Map.entry("db.user", db.user()),
                Map.entry("db.password", db.password()),
                Map.entry("db.connect-timeout", "2s"),
                Map.entry("jms.url", jms.url()),
                Map.entry("jms.user", jms.user()),
                Map.entry("jms.password", jms.password()),
                Map.entry("jms.connection-ttl", "4s"),
                Map.entry("journal.close-timeout", "1s")));
    all.putAll(over);
    return all;
  }

  /** Id of the fixture's node. */
  public String node() {
    return node;
  }

  public Gateway gateway() {
    return gateway;
  }

  /** Where the node's clients connect. */
  public String clientHost() {
    return gateway.clientAddress().substring(0, gateway.clientAddress().lastIndexOf(':'));
  }

  public int clientPort() {
    String address = gateway.clientAddress();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** The management API, with no slash at the end. */
  public URI api() {
    return URI.create("http://" + gateway.apiAddress());
  }

  public DatabaseConfig database() {
    return database.config();
  }

  /** The first column of what the database answers, as texts. */
  public List<String> query(String sql) {
    DatabaseConfig db = database();
    try (Connection connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Changes the database behind the nodes' backs. */
  public void execute(String sql) {
    DatabaseConfig db = database();
    try (Connection connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The broker as the gateway's user. */
  public JmsConfig jms() {
    return broker.config();
  }

  /** Password of the broker's user {@code publisher}. */
  public String publisherPassword() {
    return BrokerProcess.PUBLISHER_PASSWORD;
  }

  /** A token for a client, good for any device. */
  public String token(String user) {
    return token(user, Map.of(), TOKEN_TTL);
  }

  public String token(String user, Map<String, String> attributes, Duration ttl) {
    return key.sign(user, Optional.empty(), attributes, ttl);
  }

  /** The database is away, until {@link #bringDatabaseBack}. */
  public void takeDatabaseAway() throws SQLException {
    database.lockOut();
  }

  public void bringDatabaseBack() throws SQLException {
    database.letIn();
  }

  /** Starts a node in a process of its own, so that it can be killed. */
  public NodeProcess startNodeProcess(String id) throws IOException {
    // A JVM that has just started takes its time on a busy machine.
    return startNodeProcess(id, Map.of());
  }

  /** With settings of its own, too. */
  public NodeProcess startNodeProcess(String id, Map<String, String> over) throws IOException {
    Map<String, String> all =
        new HashMap<>(Map.of("db.connect-timeout", "20s", "jms.connect-timeout", "20s"));
    all.putAll(over);
    return NodeProcess.start(settings(id, all));
  }

  /** As {@link #stopBroker}, but {@link #startBrokerAgain} is possible. */
  public void killBroker() throws InterruptedException {
    broker.kill();
  }

  public void startBrokerAgain() throws IOException {
    broker.startAgain();
  }

  public void stopBroker() {
    broker.close();
  }

  /** For ever, and for a fixture that was started with a server of its own. */
  public void stopDatabase() throws IOException {
    if (!ownServer) {
      throw new IllegalStateException("other fixtures use this server");
    }
    database.stop();
  }

  @Override
  public void close() {
    gateway.close();
    broker.close();
    try {
      if (ownServer) {
        database.stop();
      }
      deleteFolder();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void deleteFolder() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
