package io.trunkline.gateway;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.trunkline.gateway.api.ManagementApi;
import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.cluster.AdvertisedAddress;
import io.trunkline.gateway.cluster.Arrival;
import io.trunkline.gateway.cluster.ClusterNodes;
import io.trunkline.gateway.cluster.Drain;
import io.trunkline.gateway.cluster.GoneNodes;
import io.trunkline.gateway.cluster.LeaseGuard;
import io.trunkline.gateway.cluster.LoadMeter;
import io.trunkline.gateway.cluster.NodeChoice;
import io.trunkline.gateway.cluster.NodeControl;
import io.trunkline.gateway.cluster.NodeGate;
import io.trunkline.gateway.cluster.NodeInUseException;
import io.trunkline.gateway.cluster.NodeLease;
import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.gateway.extension.Additions;
import io.trunkline.gateway.extension.ExtensionException;
import io.trunkline.gateway.extension.Extensions;
import io.trunkline.gateway.extension.GatewayExtension;
import io.trunkline.gateway.session.Attaches;
import io.trunkline.gateway.session.Bans;
import io.trunkline.gateway.session.CutOff;
import io.trunkline.gateway.session.DetachedSessions;
import io.trunkline.gateway.session.HandshakeBarrier;
import io.trunkline.gateway.session.Handshakes;
import io.trunkline.gateway.session.Resumes;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionCaller;
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
import io.trunkline.invocation.Caller;
import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.invocation.typed.ServiceProxy;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Command;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.DatabaseUnavailableException;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.protocol.v1.CloseCode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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

  /** How long services that were interrupted may take to notice. */
  private static final Duration SERVICES_END = Duration.ofSeconds(2);

  private final GatewayConfig config;
  private final Database database;
  private final JmsBridge bridge;
  private final Extensions extensions;
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
  private final String clientAddress;
  private final Streams streams;
  private final TopicFrames topics;
  private final Downlink downlink;
  private final CutOff cutOff;
  private final NodeLease lease;
  private final Drain drain;
  private final Routes routes;
  private final ManagementApi api;
  private final CompletableFuture<String> failure = new CompletableFuture<>();

  /**
   * Starts a node; when this returns, clients and publishers can use it.
   *
   * @param services what clients can call; one takes the place of a built-in one of its name
   * @param listeners are told of sessions
   * @throws StartupException if anything that it needs is not there, in one line
   */
  public static Gateway start(
      GatewayConfig config, List<UplinkService> services, List<SessionListener> listeners)
      throws StartupException {
    return start(config, new Additions(services, listeners, List.of()));
  }

  /**
   * The same, with interceptors, too.
   *
   * @param additions come before the extensions that the node finds; closed by the node at its end
   */
  public static Gateway start(GatewayConfig config, GatewayExtension additions)
      throws StartupException {
    return start(config, openDatabase(config), additions);
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
   * As {@link #start(GatewayConfig, GatewayExtension)}, on a database that the node closes at its
   * end.
   */
  public static Gateway start(GatewayConfig config, Database database, GatewayExtension additions)
      throws StartupException {
    JmsBridge bridge = null;
    Extensions extensions = null;
    try {
      extensions = Extensions.load(additions, config.node().extensions());
      var verifier = new TokenVerifier(config.auth(), Clock.systemUTC());
      bridge = JmsBridge.open(config.jms(), "node " + config.node().id());
      return new Gateway(config, verifier, database, bridge, extensions);
    } catch (BrokerUnavailableException
        | ExtensionException
        | IOException
        | NodeInUseException
        | RoutesException e) {
      release(database, bridge, extensions);
      throw new StartupException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      release(database, bridge, extensions);
      throw e;
    }
  }

  private static void release(
      Database database, @Nullable JmsBridge bridge, @Nullable Extensions extensions) {
    if (bridge != null) {
      bridge.close();
    }
    database.close();
    if (extensions != null) {
      extensions.close();
    }
  }

  private Gateway(
      GatewayConfig config,
      TokenVerifier verifier,
      Database database,
      JmsBridge bridge,
      Extensions extensions)
      throws IOException, NodeInUseException, RoutesException {
    this.config = config;
    this.database = database;
    this.bridge = bridge;
    this.extensions = extensions;
    String node = config.node().id();
    Clock clock = Clock.systemUTC();

    var events = new SessionEvents(node, bridge, registry, blocking);
    journal = database.journal(config.journal(), events);
    var bans = new Bans(database.bans(), clock);
    sessions =
        new Sessions(
            new Sessions.Home(node, config.sessions()),
            registry,
            journal,
            extensions.sessionListeners(),
            clock);
    resumes = new Resumes(config.sessions(), database.resumption(), journal, events, blocking);
    var detached = new DetachedSessions(config.sessions(), database.resumption(), events, resumes);
    routes =
        new Routes(
            config.uplink(),
            services(BuiltInServices.all(clock), extensions.services()),
            blocking,
            new RemoteBackEnds(
                CallIdentity.of(config.uplink(), clock),
                bridge::uplinkQueues,
                config.clients().maxFrame()));
    var uplink =
        new Uplink(
            config.uplink(),
            routes,
            this::alarm,
            config.clients().maxOutstandingRequests(),
            extensions.interceptors());
    var cluster = new ClusterNodes(node);
    var choice = new NodeChoice(cluster);
    var gate = new NodeGate(config.clients(), cluster, choice, registry);
    drain =
        new Drain(
            config.node(),
            new Drain.Home(registry, choice, gate, config.sessions().grace(), clock),
            this::renewLease);
    var handshakes =
        new Handshakes(
            verifier,
            bans,
            journal,
            new Attaches(
                node, resumes, (user, positions) -> streams().open(user, positions), gate, clock),
            blocking,
            config.clients());
    var guard = new LeaseGuard(System::nanoTime, System::currentTimeMillis, config.node().lease());
    var frames =
        new GatewayFrames(
            guard::awake, uplink, this::downlink, this::topics, verifier, blocking, clock);
    var welcomer = new Welcomer(node, config.clients(), sessions, frames, clock);

    port =
        new ClientPort(
            config.clients(), connection -> new HandshakeBarrier(connection, handshakes, welcomer));
    clientAddress =
        AdvertisedAddress.of(
            "node.client-address",
            config.node().clientAddress(),
            config.clients().host(),
            port.address().getPort());
    port.lanes().forEach(lane -> lane.sendWhile(guard::awake));
    var selectors = new SessionSelectors(node);
    handshakes.takeWhile(() -> guard.held() || (cluster.alone() && guard.awake()));
    var standing = new Streams.Standing(guard::held, guard::awake);
    cutOff = new CutOff(node, registry, journal, database.resumption());
    lease =
        new NodeLease(
            config.node(),
            database.nodes(),
            config.sessions().grace(),
            guard,
            new NodeLease.Members(cluster, this::closeAll, this::superseded),
            new NodeLease.Hooks(
                new LoadMeter(registry::size, port.lanes()), this::afterCutOff, drain::ordered));
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
                cluster::alone,
                standing,
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
                cluster::alone,
                standing,
                port.lanes(),
                bridge,
                timer,
                clock)
            .build();
    var control =
        new NodeControl(
            registry,
            detached,
            bans,
            changed -> {
              cluster.heardOf(changed);
              lease.renewNow();
            },
            blocking,
            clock,
            lease::lookAgain);
    var gone =
        new GoneNodes(database.nodes(), bridge, config.sessions().grace(), node, downlink::heirOf);
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
                  port.connections(),
                  journal,
                  gone,
                  new ManagementApi.Cluster(config.node(), choice, drain, verifier, guard::held))
              .start();
      // Before the first client: it detaches what is open in this node's name.
      lease.start(clientAddress(), advertisedApi(), timer);
      bans.refresh();
    } catch (IOException | NodeInUseException | RoutesException | RuntimeException e) {
      routes.close();
      stopThreads();
      throw e;
    }
    routes.watch(this::alarm);
    control.refreshBansEvery(BAN_REFRESH, timer);
    detached.watch(timer, blocking, guard::held);
    gone.watch(timer, blocking, config.node(), cluster, guard::held);
    tidyHistoryDaily();
    bridge.consumeControl(control);
    bridge.consumeDownlink(node, downlink);
    new Arrival(database.nodes(), node, config.node().lease())
        .announce(() -> bridge.command(new Command.NodeChanged(node)));
    port.startAccepting();
  }

  /** An extension's own takes the place of a built-in one of the same name. */
  private static List<UplinkService> services(
      List<UplinkService> builtIn, List<UplinkService> added) {
    Map<String, UplinkService> all = new LinkedHashMap<>();
    builtIn.forEach(service -> all.put(service.name(), service));
    added.forEach(service -> all.put(service.name(), service));
    return List.copyOf(all.values());
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

  private void afterCutOff() {
    cutOff.isOver();
    streams.lookForAll(registry.all());
  }

  private Downlink downlink() {
    return downlink;
  }

  private Runnable alarm(long delayNanos, Runnable task) {
    Timeout set = timer.newTimeout(timeout -> task.run(), delayNanos, TimeUnit.NANOSECONDS);
    return set::cancel;
  }

  private void renewLease() {
    lease.renewNow();
  }

  private Streams streams() {
    return streams;
  }

  private TopicFrames topics() {
    return topics;
  }

  /**
   * The way to call the client of a session, for what runs in this process. It may be kept: the
   * outcome is {@code UNAVAILABLE} while this node does not hold the session. Thread-safe.
   */
  public Caller caller(UUID session) {
    return new SessionCaller(registry, session);
  }

  /**
   * A service that the client of a session offers, by its Java interface; as {@link #caller}.
   * {@link ServiceProxy#of} says what its methods do.
   *
   * @param timeout of methods that name none; from 1 ms
   * @throws IllegalArgumentException if the interface cannot be a service; the message says why
   */
  public <T> T service(UUID session, Class<T> type, Duration timeout) {
    return ServiceProxy.of(type, caller(session), timeout, PayloadCodecs.standard());
  }

  /** Where clients connect, as {@code host:port}. */
  public String clientAddress() {
    return clientAddress;
  }

  private String advertisedApi() throws IOException {
    String listening = api.address();
    int colon = listening.lastIndexOf(':');
    return AdvertisedAddress.of(
        "node.api-address",
        config.node().apiAddress(),
        listening.substring(0, colon),
        Integer.parseInt(listening.substring(colon + 1)));
  }

  /** Completes, with the reason, when the node cannot go on and is to be closed. */
  public CompletableFuture<String> failure() {
    return failure.copy();
  }

  /** The node was stopped, and the database does not say which sessions are still its own. */
  private void closeAll() {
    log.warn("the database does not say what moved; all {} connections end", registry.size());
    registry
        .all()
        .forEach(
            session ->
                session.end(
                    CloseCode.CONNECTION_LOST,
                    "the node was stopped, and cannot find out who holds the session"));
  }

  private void superseded(String why) {
    log.error("{}", why);
    port.stopAccepting();
    registry.all().forEach(session -> session.letGo(CloseCode.NODE_LOST, why));
    failure.complete(why);
  }

  /** Where the management API is, as {@code host:port}. */
  public String apiAddress() {
    return api.address();
  }

  /**
   * Stops in order: the clients sent to other nodes, if there are any and within {@code
   * node.drain-timeout}, no new clients, the sessions that are left told and recorded, then the
   * rest.
   */
  @Override
  public void close() {
    leaveToOthers();
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
    endBlocking();
    extensions.close(); // their last call and session are over
    database.close();
    log.info("node {} stopped", config.node().id());
  }

  private void leaveToOthers() {
    // Of a process that is not the node any more, the row of the node is another's.
    if (failure.isDone() || !drain.isOfUseOnStop()) {
      return;
    }
    blocking.execute(this::tellOthersOfStop);
    try {
      drain.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** So that the others send nobody here; if it fails, those who come are sent back. */
  private void tellOthersOfStop() {
    String node = config.node().id();
    try {
      boolean _ = database.nodes().drain(node, drain.onStop());
      bridge.command(new Command.NodeChanged(node));
    } catch (BrokerUnavailableException | RuntimeException e) {
      log.warn("the other nodes could not be told that this one stops: {}", e.toString());
    }
  }

  /** Services are interrupted; one that does not mind gets a moment, and no more. */
  private void endBlocking() {
    blocking.shutdownNow();
    try {
      if (!blocking.awaitTermination(SERVICES_END.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("services still work on calls that are over");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
