package io.trunkline.gateway;

import io.trunkline.gateway.cluster.Arrival;
import io.trunkline.gateway.cluster.Drain;
import io.trunkline.gateway.cluster.GoneNodes;
import io.trunkline.gateway.cluster.LoadMeter;
import io.trunkline.gateway.cluster.NodeControl;
import io.trunkline.gateway.cluster.NodeInUseException;
import io.trunkline.gateway.cluster.NodeLease;
import io.trunkline.gateway.session.CutOff;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.gateway.transport.ClientPort;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Command;
import io.trunkline.protocol.v1.CloseCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a node that makes it one of the cluster: its lease, what becomes of its sessions when
 * that goes wrong, what others may order, and how it leaves.
 */
final class Membership {
  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  /** Bans of other programs are also told by command; this is for the one that was missed. */
  private static final Duration BAN_REFRESH = Duration.ofSeconds(30);

  private final Foundation base;
  private final ClusterView cluster;
  private final SessionRegistry registry;
  private final ClientPort port;
  private final Streams streams;
  private final CutOff cutOff;
  private final Drain drain;
  private final NodeLease lease;
  private final NodeControl control;
  private final GoneNodes gone;
  private final CompletableFuture<String> failure = new CompletableFuture<>();

  /** Not a member before {@link #enter}. */
  Membership(
      Foundation base,
      SessionPart sessions,
      ClusterView cluster,
      ClientPort port,
      DownlinkPart downlink) {
    this.base = base;
    this.cluster = cluster;
    this.registry = sessions.registry();
    this.port = port;
    this.streams = downlink.streams();
    var config = base.config().node();
    var database = base.database();
    Duration grace = base.config().sessions().grace();
    cutOff = new CutOff(base.node(), registry, sessions.journal(), database.resumption());
    drain =
        new Drain(
            config,
            new Drain.Home(registry, cluster.choice(), cluster.gate(), grace, base.clock()),
            this::renewLease);
    lease =
        new NodeLease(
            config,
            database.nodes(),
            grace,
            cluster.guard(),
            new NodeLease.Members(cluster.nodes(), this::closeAll, this::superseded),
            new NodeLease.Hooks(
                new LoadMeter(registry::size, port.lanes()), this::afterCutOff, drain::ordered));
    control =
        new NodeControl(
            registry,
            sessions.detached(),
            sessions.bans(),
            this::changed,
            base.threads().blocking(),
            base.clock(),
            lease::lookAgain);
    gone =
        new GoneNodes(
            database.nodes(), base.bridge(), grace, base.node(), downlink.downlink()::heirOf);
  }

  Drain drain() {
    return drain;
  }

  GoneNodes gone() {
    return gone;
  }

  /**
   * Enters the node and detaches what its last life left open. Blocks.
   *
   * @throws NodeInUseException if another process with this id lives
   */
  void enter(String clientAddress, String apiAddress) throws NodeInUseException {
    lease.start(clientAddress, apiAddress, base.threads().timer());
  }

  void refreshBans() {
    control.refreshBansEvery(BAN_REFRESH, base.threads().timer());
  }

  void watchForGoneNodes() {
    gone.watch(
        base.threads().timer(),
        base.threads().blocking(),
        base.config().node(),
        cluster.nodes(),
        cluster.guard()::held);
  }

  void takeOrders() {
    base.bridge().consumeControl(control);
  }

  /** Before the first client: the other nodes are to know that they are not alone. Blocks. */
  void announce() {
    new Arrival(base.database().nodes(), base.node(), base.config().node().lease())
        .announce(() -> base.bridge().command(new Command.NodeChanged(base.node())));
  }

  private void changed(String node) {
    cluster.nodes().heardOf(node);
    lease.renewNow();
  }

  /** Completes, with the reason, when the node cannot go on and is to be closed. */
  CompletableFuture<String> failure() {
    return failure.copy();
  }

  private void renewLease() {
    lease.renewNow();
  }

  private void afterCutOff() {
    cutOff.isOver();
    streams.lookForAll(registry.all());
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

  /** Sends the clients to other nodes, if there are any and within {@code node.drain-timeout}. */
  void leaveToOthers() {
    // Of a process that is not the node any more, the row of the node is another's.
    if (failure.isDone() || !drain.isOfUseOnStop()) {
      return;
    }
    base.threads().blocking().execute(this::tellOthersOfStop);
    try {
      drain.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** So that the others send nobody here; if it fails, those who come are sent back. */
  private void tellOthersOfStop() {
    String node = base.node();
    try {
      boolean _ = base.database().nodes().drain(node, drain.onStop());
      base.bridge().command(new Command.NodeChanged(node));
    } catch (BrokerUnavailableException | RuntimeException e) {
      log.warn("the other nodes could not be told that this one stops: {}", e.toString());
    }
  }

  void closeLease() {
    lease.close();
  }
}
