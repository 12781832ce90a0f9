package io.trunkline.gateway;

import io.trunkline.gateway.api.ManagementApi;
import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.cluster.AdvertisedAddress;
import io.trunkline.gateway.cluster.NodeInUseException;
import io.trunkline.gateway.extension.Additions;
import io.trunkline.gateway.extension.ExtensionException;
import io.trunkline.gateway.extension.Extensions;
import io.trunkline.gateway.extension.GatewayExtension;
import io.trunkline.gateway.session.SessionCaller;
import io.trunkline.gateway.session.SessionListener;
import io.trunkline.gateway.uplink.UplinkService;
import io.trunkline.gateway.uplink.routes.RoutesException;
import io.trunkline.invocation.Caller;
import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.invocation.typed.ServiceProxy;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.DatabaseUnavailableException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway node: all its parts, made here and nowhere else, in the order in which they need each
 * other, and stopped in the opposite order. The order of both, and what is undone when a start
 * fails half-way, are said here; what a part is made of is said by the part.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  private final Foundation base;
  private final Extensions extensions;
  private final SessionPart sessions;
  private final UplinkPart uplink;
  private final ClusterView cluster;
  private final ClientPart clients;
  private final DownlinkPart downlink;
  private final Membership membership;
  private final ManagementApi api;

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
      var base = new Foundation(config, verifier, database, bridge, new NodeThreads());
      return new Gateway(base, extensions);
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

  private Gateway(Foundation base, Extensions extensions)
      throws IOException, NodeInUseException, RoutesException {
    this.base = base;
    this.extensions = extensions;
    sessions = new SessionPart(base, extensions.sessionListeners());
    uplink = new UplinkPart(base, extensions);
    cluster = ClusterView.of(base.config(), sessions.registry());
    clients = new ClientPart(base, sessions, cluster, uplink, this::downlink);
    downlink = DownlinkPart.start(base, sessions.registry(), cluster, clients.port().lanes());
    membership = new Membership(base, sessions, cluster, clients.port(), downlink);
    try {
      uplink.loadRoutes();
      api = startApi();
      // Before the first client: it detaches what is open in this node's name.
      membership.enter(clientAddress(), advertisedApi());
      sessions.bans().refresh();
    } catch (IOException | NodeInUseException | RoutesException | RuntimeException e) {
      uplink.closeRoutes();
      downlink.streams().close();
      clients.port().close();
      base.threads().stopTimer();
      base.threads().interruptBlocking();
      sessions.journal().close();
      throw e;
    }
    uplink.watchRoutes();
    membership.refreshBans();
    sessions
        .detached()
        .watch(base.threads().timer(), base.threads().blocking(), cluster.guard()::held);
    membership.watchForGoneNodes();
    sessions.tidyHistoryDaily();
    membership.takeOrders();
    base.bridge().consumeDownlink(base.node(), downlink.downlink());
    membership.announce();
    clients.port().startAccepting();
  }

  /** For clients, who come when it is there. */
  private DownlinkPart downlink() {
    return downlink;
  }

  private ManagementApi startApi() throws IOException {
    return new ManagementApi.Parts(
            base.config().api(),
            base.node(),
            base.database(),
            base.bridge(),
            sessions.registry(),
            sessions.sessions(),
            sessions.resumes(),
            clients.handshakes(),
            uplink.uplink(),
            downlink.downlink(),
            downlink.streams(),
            clients.port().lanes(),
            clients.port().connections(),
            sessions.journal(),
            membership.gone(),
            new ManagementApi.Cluster(
                base.config().node(),
                cluster.choice(),
                membership.drain(),
                base.verifier(),
                cluster.guard()::held))
        .start();
  }

  private String advertisedApi() throws IOException {
    String listening = api.address();
    int colon = listening.lastIndexOf(':');
    return AdvertisedAddress.of(
        "node.api-address",
        base.config().node().apiAddress(),
        listening.substring(0, colon),
        Integer.parseInt(listening.substring(colon + 1)));
  }

  /**
   * The way to call the client of a session, for what runs in this process. It may be kept: the
   * outcome is {@code UNAVAILABLE} while this node does not hold the session. Thread-safe.
   */
  public Caller caller(UUID session) {
    return new SessionCaller(sessions.registry(), session);
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
    return clients.address();
  }

  /** Where the management API is, as {@code host:port}. */
  public String apiAddress() {
    return api.address();
  }

  /** Completes, with the reason, when the node cannot go on and is to be closed. */
  public CompletableFuture<String> failure() {
    return membership.failure();
  }

  /**
   * Stops in order: the clients sent to other nodes, if there are any and within {@code
   * node.drain-timeout}, no new clients, the sessions that are left told and recorded, then the
   * rest.
   */
  @Override
  public void close() {
    membership.leaveToOthers();
    clients.port().stopAccepting();
    api.close();
    sessions.endAll(base.config().node().drainTimeout());
    uplink.closeRoutes();
    sessions.journal().close(); // before the bridge: it tells of the sessions that it has written
    downlink.streams().close(); // before the bridge: it sends the last acknowledgements' receipts
    base.bridge().close();
    membership.closeLease();
    clients.port().close();
    base.threads().stopTimer();
    base.threads().endBlocking();
    extensions.close(); // their last call and session are over
    base.database().close();
    log.info("node {} stopped", base.node());
  }
}
