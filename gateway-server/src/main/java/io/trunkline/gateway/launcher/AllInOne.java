package io.trunkline.gateway.launcher;

import io.trunkline.configuration.Configuration;
import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.StartupException;
import io.trunkline.gateway.extension.Additions;
import io.trunkline.persistence.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything on one machine: PostgreSQL and Artemis in processes of their own (unless external ones
 * are configured), a gateway node in this process, the console in one more. Started in the order of
 * need, side by side where nothing is needed, and stopped in the opposite order.
 */
final class AllInOne implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AllInOne.class);
  static final String OPERATOR = "operator";
  private static final String DEFAULT_CONSOLE_PORT = "7402";

  private final Path distribution;
  private final DataFolder data;
  private final Progress progress;
  private final Secrets secrets;
  private final Path logs;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final CompletableFuture<String> failure = new CompletableFuture<>();
  private List<String> told = List.of();

  private AllInOne(Path distribution, DataFolder data, Progress progress) throws IOException {
    this.distribution = distribution;
    this.data = data;
    this.progress = progress;
    this.secrets = data.secrets();
    this.logs = data.folder("logs");
  }

  /**
   * Starts it all.
   *
   * @param distribution folder with the parts' jars
   * @throws StartupException in one line, with everything stopped again
   */
  static AllInOne start(Path distribution, DataFolder data, Configuration given, Progress progress)
      throws StartupException, InterruptedException {
    AllInOne all;
    try {
      all = new AllInOne(distribution, data, progress);
    } catch (IOException e) {
      throw new StartupException("data folder " + data.root() + ": " + e, e);
    }
    try {
      all.startParts(given);
      return all;
    } catch (StartupException | InterruptedException | RuntimeException e) {
      all.close();
      throw e;
    } catch (IOException e) {
      all.close();
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }

  private void startParts(Configuration given)
      throws StartupException, InterruptedException, IOException {
    boolean embeddedDatabase = !given.isGiven("db.url");
    boolean embeddedBroker = !given.isGiven("jms.url");
    Map<String, String> forConsole = given.extract("console.");
    new LocalDefaults(data, secrets).fillIn(given);
    AllInOneConfig config = given.bind(AllInOneConfig.class);
    int postgresPort = Ports.free(config.embedded().postgresPort());
    int jmsPort = Ports.free(config.embedded().jmsPort());
    CompletableFuture<String> broker =
        embeddedBroker
            ? inParallel(() -> startBroker(config.embedded(), jmsPort))
            : CompletableFuture.completedFuture(config.jms().url());
    String databaseUrl = embeddedDatabase ? startPostgres(postgresPort) : config.db().url();
    LocalDefaults.setIfAbsent(given, "db.url", databaseUrl);
    AllInOneConfig withDatabase = given.bind(AllInOneConfig.class);
    Database database =
        progress.step("schema and accounts", () -> prepareDatabase(withDatabase, embeddedDatabase));
    synchronized (started) {
      started.push(database); // until the gateway has it; closing it twice does no harm
    }
    LocalDefaults.setIfAbsent(given, "jms.url", join(broker));

    AllInOneConfig bound = given.bind(AllInOneConfig.class);
    CompletableFuture<Boolean> console =
        config.embedded().console()
            ? inParallel(() -> startConsole(bound, forConsole, embeddedBroker))
            : CompletableFuture.completedFuture(false);
    Gateway gateway =
        progress.step(
            "gateway node " + bound.node().id(),
            () -> Gateway.start(bound.gateway(), database, Additions.NONE));
    synchronized (started) {
      started.push(gateway);
    }
    gateway.failure().thenAccept(failure::complete);
    boolean _ = join(console);
    told =
        new Addresses(bound, secrets, data).of(gateway, consolePort(forConsole), embeddedDatabase);
  }

  /** Waits until the node cannot go on; returns why. */
  String awaitFailure() throws InterruptedException {
    try {
      return failure.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Start<T> {
    T run() throws StartupException, InterruptedException, IOException;
  }

  private static <T> CompletableFuture<T> inParallel(Start<T> start) {
    var result = new CompletableFuture<T>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                result.complete(start.run());
              } catch (StartupException | InterruptedException | IOException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  private static <T> T join(CompletableFuture<T> future) throws StartupException {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StartupException known) {
        throw known;
      }
      throw new StartupException(String.valueOf(e.getCause()), e);
    }
  }

  private String startPostgres(int port)
      throws StartupException, InterruptedException, IOException {
    Path home = progress.step("PostgreSQL programs", () -> PostgresBinaries.unpack(distribution));
    var kind =
        new EmbeddedPostgres(
            home, data.root().resolve("postgres"), logs.resolve("postgres.log"), port);
    try {
      boolean _ =
          progress.step("PostgreSQL cluster", () -> kind.initialize(secrets.postgresSuperuser()));
      progress.step("PostgreSQL", () -> startChild(kind, "embedded.postgres-port", port));
      kind.provision(secrets.postgresSuperuser(), secrets.postgresTrunkline());
    } catch (SQLException e) {
      throw new StartupException("the embedded PostgreSQL refuses us: " + e.getMessage(), e);
    }
    return kind.jdbcUrl();
  }

  private Child startChild(Child.Kind kind, String setting, int port)
      throws StartupException, InterruptedException {
    var child = new Child(kind, data.root());
    child.stopLeftover();
    Ports.check(setting, port);
    synchronized (started) {
      started.push(child);
    }
    child.start();
    return child;
  }

  private String startBroker(EmbeddedConfig config, int port)
      throws StartupException, InterruptedException, IOException {
    var users = new Properties();
    users.setProperty("gateway", secrets.jmsGateway());
    users.setProperty("console", secrets.jmsConsole());
    users.setProperty("publisher", secrets.jmsPublisher());
    users.setProperty("backend", secrets.jmsBackEnd());
    Path userFile = data.writePrivate("jms-users.properties", users);
    var kind =
        new JavaChild(
            "broker",
            distribution.resolve("broker"),
            config.brokerJava(),
            "io.trunkline.broker.BrokerMain",
            List.of(
                "--data", data.folder("artemis").toString(),
                "--host", "127.0.0.1",
                "--port", Integer.toString(port),
                "--users", userFile.toString()),
            logs.resolve("broker.log"));
    progress.step("Artemis", () -> startChild(kind, "embedded.jms-port", port));
    return "tcp://127.0.0.1:" + port;
  }

  /** The schema, and the accounts that come with an installation. */
  private Database prepareDatabase(AllInOneConfig config, boolean embedded)
      throws StartupException {
    Database database = Gateway.openDatabase(config.gateway());
    if (embedded) {
      database.setReportPassword(secrets.postgresReport().toCharArray());
    }
    if (!database.operators().exists(OPERATOR)) {
      database.operators().setPassword(OPERATOR, secrets.consoleOperator().toCharArray());
    }
    return database;
  }

  private boolean startConsole(
      AllInOneConfig config, Map<String, String> given, boolean embeddedBroker)
      throws StartupException, InterruptedException, IOException {
    var settings = new Properties();
    settings.setProperty("console.api-token", config.api().token());
    settings.putAll(given);
    settings.setProperty("db.url", config.db().url());
    settings.setProperty("db.user", config.db().user());
    settings.setProperty("db.password", config.db().password());
    settings.setProperty("jms.url", config.jms().url());
    settings.setProperty("jms.user", embeddedBroker ? "console" : config.jms().user());
    settings.setProperty(
        "jms.password", embeddedBroker ? secrets.jmsConsole() : config.jms().password());
    Path file = data.writePrivate("console.properties", settings);
    var kind =
        new JavaChild(
            "console",
            distribution.resolve("console"),
            config.embedded().consoleJava(),
            "io.trunkline.console.ConsoleMain",
            List.of("--child", "--config", file.toString()),
            logs.resolve("console.log"));
    progress.step(
        "console", () -> startChild(kind, "console.port", Integer.parseInt(consolePort(given))));
    return true;
  }

  private static String consolePort(Map<String, String> given) {
    return given.getOrDefault("console.port", DEFAULT_CONSOLE_PORT);
  }

  /** Where everything listens, one thing a line. */
  List<String> addresses() {
    return told;
  }

  /** Stops what was started, last first. */
  @Override
  public void close() {
    while (true) {
      AutoCloseable next;
      synchronized (started) {
        next = started.poll();
      }
      if (next == null) {
        return;
      }
      try {
        next.close();
      } catch (Exception e) {
        log.warn("stopping: {}", e.toString());
      }
    }
  }
}
