package io.trunkline.gateway;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.trunkline.gateway.api.ManagementApi;
import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.gateway.session.Attaches;
import io.trunkline.gateway.session.Bans;
import io.trunkline.gateway.session.CutOff;
import io.trunkline.gateway.session.DetachedSessions;
import io.trunkline.gateway.session.HandshakeBarrier;
import io.trunkline.gateway.session.Handshakes;
import io.trunkline.gateway.session.Resumes;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionListener;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.session.Sessions;
import io.trunkline.gateway.session.Welcomer;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.gateway.streams.TopicFrames;
import io.trunkline.gateway.transport.ClientPort;
import io.trunkline.gateway.uplink.BuiltInServices;
import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.Routes;
import io.trunkline.gateway.uplink.Uplink;
import io.trunkline.gateway.uplink.UplinkService;
import io.trunkline.gateway.uplink.routes.RoutesException;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.DatabaseUnavailableException;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.protocol.v1.CloseCode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway node: all its parts, made here and nowhere else, in the order in which they need each
 * other, and stopped in the opposite order.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  /** Bans of other programs are also told by command; this is for the one that was missed. */
  private static final Duration BAN_REFRESH = Duration.ofSeconds(30);

  private final GatewayConfig config;
  private final Database database;
  private final JmsBridge bridge;
  private final ExecutorService blocking =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("work-", 0).factory());
  private final Timer timer =
      new HashedWheelTimer(
          new DefaultThreadFactory("deadlines", true), 20, TimeUnit.MILLISECONDS, 1024, false);
  private final SessionRegistry registry = new SessionRegistry();
  private final SessionJournal journal;
  private final Sessions sessions;
  private final Resumes resumes;
  private final ClientPort port;
  private final Streams streams;
  private final TopicFrames topics;
  private final Downlink downlink;
  private final NodeLease lease;
  private final Routes routes;
  private final ManagementApi api;

  /**
   * Starts a node; when this returns, clients and publishers can use it.
   *
   * @param services what clients can call besides the built-in services
   * @param listeners are told of sessions
   * @throws StartupException if anything that it needs is not there, in one line
   */
  public static Gateway start(
      GatewayConfig config, List<UplinkService> services, List<SessionListener> listeners)
      throws StartupException {
    return start(config, openDatabase(config), services, listeners);
  }

  /**
   * The node's database, with its schema up to date.
   *
   * @throws StartupException if it is not to be had, in one line
   */
  public static Database openDatabase(GatewayConfig config) throws StartupException {
    // The database is mostly waited for.
    ManagementApi.prepare();
    try {
      Database database = Database.open(config.db());
      try {
        database.migrate();
        return database;
      } catch (DatabaseUnavailableException | RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (DatabaseUnavailableException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * As {@link #start(GatewayConfig, List, List)}, on a database that the node closes at its end.
   */
  public static Gateway start(
      GatewayConfig config,
      Database database,
      List<UplinkService> services,
      List<SessionListener> listeners)
      throws StartupException {
    JmsBridge bridge = null;
    try {
      var verifier = new TokenVerifier(config.auth(), Clock.systemUTC());
      bridge = JmsBridge.open(config.jms(), "node " + config.node().id());
      return new Gateway(config, verifier, database, bridge, services, listeners);
    } catch (BrokerUnavailableException | IOException | RoutesException e) {
      release(database, bridge);
      throw new StartupException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      release(database, bridge);
      throw e;
    }
  }

  private static void release(Database database, @Nullable JmsBridge bridge) {
    if (bridge != null) {
      bridge.close();
    }
    database.close();
  }

  private Gateway(
      GatewayConfig config,
      TokenVerifier verifier,
      Database database,
      JmsBridge bridge,
      List<UplinkService> services,
      List<SessionListener> listeners)
      throws IOException, RoutesException {
    this.config = config;
    this.database = database;
    this.bridge = bridge;
    String node = config.node().id();
    Clock clock = Clock.systemUTC();

    var events = new SessionEvents(node, bridge, registry, blocking);
    journal = database.journal(config.journal(), events);
    var bans = new Bans(database.bans(), clock);
    sessions =
        new Sessions(
            new Sessions.Home(node, config.sessions()), registry, journal, listeners, clock);
    resumes = new Resumes(config.sessions(), database.resumption(), journal, events, blocking);
    var detached = new DetachedSessions(config.sessions(), database.resumption(), events, resumes);
    List<UplinkService> allServices = new ArrayList<>(BuiltInServices.all(clock));
    allServices.addAll(services);
    routes =
        new Routes(
            config.uplink(),
            allServices,
            blocking,
            new RemoteBackEnds(
                CallIdentity.of(config.uplink(), clock),
                bridge::uplinkQueues,
                config.clients().maxFrame()));
    var uplink =
        new Uplink(config.uplink(), routes, this::alarm, config.clients().maxOutstandingRequests());
    var handshakes =
        new Handshakes(
            verifier,
            bans,
            journal,
            new Attaches(
                node, resumes, (user, positions) -> streams().open(user, positions), clock),
            blocking,
            config.clients().maxHandshakes());
    var frames = new GatewayFrames(uplink, this::downlink, this::topics, verifier, blocking, clock);
    var welcomer = new Welcomer(node, config.clients(), sessions, frames, clock);

    port =
        new ClientPort(
            config.clients(), connection -> new HandshakeBarrier(connection, handshakes, welcomer));
    var selectors = new SessionSelectors(node);
    lease =
        new NodeLease(
            config.node(),
            database.nodes(),
            config.sessions().grace(),
            registry::size,
            new CutOff(node, registry, journal, database.resumption())::isOver);
    streams =
        new Streams.Parts(
                node,
                config.streams(),
                config.downlink().ackTimeout(),
                database.messages(),
                registry,
                port.lanes(),
                Downlink.receiptWriter(node),
                new ReceiptLink(bridge),
                selectors,
                lease::alone,
                clock)
            .start();
    topics = new TopicFrames(streams, config.streams(), blocking);
    downlink =
        new Downlink.Parts(
                node,
                config.downlink(),
                registry,
                database.sessions(),
                database.messages(),
                streams,
                selectors,
                lease::alone,
                port.lanes(),
                bridge,
                timer,
                clock)
            .build();
    var control = new NodeControl(registry, detached, bans, blocking, clock);
    try {
      routes.load();
      api =
          new ManagementApi.Parts(
                  config.api(),
                  node,
                  database,
                  bridge,
                  registry,
                  sessions,
                  resumes,
                  handshakes,
                  uplink,
                  downlink,
                  streams,
                  port.lanes(),
                  journal)
              .start();
      // Before the first client: it detaches what is open in this node's name.
      lease.start(clientAddress(), api.address());
      bans.refresh();
    } catch (IOException | RoutesException | RuntimeException e) {
      routes.close();
      stopThreads();
      throw e;
    }
    routes.watch(this::alarm);
    control.refreshBansEvery(BAN_REFRESH, timer);
    detached.watch(timer, blocking);
    tidyHistoryDaily();
    bridge.consumeControl(control);
    bridge.consumeDownlink(node, downlink);
    port.startAccepting();
  }

  private void stopThreads() {
    streams.close();
    port.close();
    timer.stop();
    blocking.shutdownNow();
    journal.close();
  }

  private void tidyHistoryDaily() {
    timer.newTimeout(
        timeout -> {
          blocking.execute(
              () -> {
                try {
                  database.tidyHistory(config.journal().retention());
                } catch (RuntimeException e) {
                  log.warn("history could not be tidied today: {}", e.toString());
                }
              });
          tidyHistoryDaily();
        },
        1,
        TimeUnit.DAYS);
  }

  private Downlink downlink() {
    return downlink;
  }

  private Runnable alarm(long delayNanos, Runnable task) {
    Timeout set = timer.newTimeout(timeout -> task.run(), delayNanos, TimeUnit.NANOSECONDS);
    return set::cancel;
  }

  private Streams streams() {
    return streams;
  }

  private TopicFrames topics() {
    return topics;
  }

  /** Where clients connect, as {@code host:port}. */
  public String clientAddress() {
    return config
        .node()
        .clientAddress()
        .orElseGet(() -> config.clients().host() + ":" + port.address().getPort());
  }

  /** Where the management API is, as {@code host:port}. */
  public String apiAddress() {
    return api.address();
  }

  /** Stops in order: no new clients, the sessions told and recorded, then the rest. */
  @Override
  public void close() {
    port.stopAccepting();
    api.close();
    endSessions();
    routes.close();
    journal.close(); // before the bridge: it tells of the sessions that it has written
    streams.close(); // before the bridge: it sends the receipts of the last acknowledgements
    bridge.close();
    lease.close();
    port.close();
    timer.stop();
    blocking.shutdownNow();
    database.close();
    log.info("node {} stopped", config.node().id());
  }

  private void endSessions() {
    List<Session> all = List.copyOf(registry.all());
    var left = new CountDownLatch(all.size());
    for (Session session : all) {
      session.onLoop(
          () -> {
            session.end(CloseCode.SHUTTING_DOWN, "the gateway is stopping");
            left.countDown();
          });
    }
    try {
      if (!left.await(config.node().drainTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("{} sessions could not be told that the node stops", left.getCount());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
