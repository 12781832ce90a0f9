package io.trunkline.gateway.downlink;

import io.netty.util.Timer;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.JmsBridge.Route;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionPlace;
import jakarta.persistence.PersistenceException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a message of the downlink to the sessions of this node: what is persistent through the
 * database, the rest straight. Called on the bridge's threads, which may block; event loops get the
 * messages through their lanes.
 */
public final class Downlink implements JmsBridge.DownlinkHandler {
  private static final Logger log = LoggerFactory.getLogger(Downlink.class);
  private static final Route DONE = new Route.Done();

  /** How often a copy follows a session from node to node. */
  private static final int MAX_HOPS = 3;

  private final String node;
  private final Whereabouts whereabouts;
  private final BooleanSupplier alone;
  private final Receipts receipts;
  private final Streams.Standing standing;
  private final StoredDownlink stored;
  private final LocalDelivery local;
  private final DownlinkCounts counts = new DownlinkCounts();

  private Downlink(Parts parts) {
    this.node = parts.node();
    this.whereabouts =
        new Whereabouts(parts.node(), parts.directory(), parts.config().routeLife(), counts);
    this.alone = parts.alone();
    this.receipts = new Receipts(parts.node(), parts.bridge(), parts.clock());
    this.standing = parts.standing();
    this.stored = new StoredDownlink(parts, whereabouts, new ReceiptTexts(parts.node()));
    this.local = new LocalDelivery(parts, stored, receipts, counts);
  }

  /** Writes the receipts about stored messages. */
  public static ReceiptWriter receiptWriter(String node) {
    return new ReceiptTexts(node);
  }

  /**
   * What the downlink is made of.
   *
   * @param alone whether no other node lives
   * @param standing whether messages may be taken
   * @param timer for acknowledgements that do not come; one for the node
   */
  public record Parts(
      String node,
      DownlinkConfig config,
      SessionRegistry registry,
      SessionDirectory directory,
      MessageStore store,
      Streams streams,
      Streams.SelectorMatch selectors,
      BooleanSupplier alone,
      Streams.Standing standing,
      List<Lane> lanes,
      JmsBridge bridge,
      Timer timer,
      InstantSource clock) {
    public Parts {
      lanes = List.copyOf(lanes);
    }

    public Downlink build() {
      return new Downlink(this);
    }
  }

  /** This node's id. */
  String node() {
    return node;
  }

  public DownlinkCounts counts() {
    return counts;
  }

  @Override
  public boolean mayDeliver() {
    return standing.awake().getAsBoolean();
  }

  /**
   * What is for one recipient may be for a session that went on elsewhere, unless there is no other
   * node: then sessions go on here while the database is away.
   */
  @Override
  public boolean mayResolve() {
    return standing.held().getAsBoolean() || (alone.getAsBoolean() && mayDeliver());
  }

  /**
   * A copy that was addressed to this node, for a session that has gone on, follows it. What is for
   * whoever is here waits for no database.
   */
  @Override
  public List<Route> deliver(List<DownlinkMessage> batch) {
    counts.fromOwn.add(batch.size());
    Set<DownlinkMessage> gone = Collections.newSetFromMap(new IdentityHashMap<>());
    for (DownlinkMessage message : batch) {
      if (message.trail().hops() > 0 && local.isForNobody(message)) {
        gone.add(message);
      }
    }
    counts.notHere.add(gone.size());
    Optional<Map<Target, List<SessionPlace>>> places = placesNow(gone);
    return batch.stream()
        .map(message -> gone.contains(message) ? follow(message, places) : deliverHere(message))
        .toList();
  }

  /** Empty if the database does not say. */
  private Optional<Map<Target, List<SessionPlace>>> placesNow(Set<DownlinkMessage> gone) {
    try {
      return Optional.of(
          whereabouts.freshly(gone.stream().map(DownlinkMessage::target).distinct().toList()));
    } catch (PersistenceException e) {
      log.warn("where {} messages are to go cannot be looked up: {}", gone.size(), e.toString());
      return Optional.empty();
    }
  }

  private Route follow(
      DownlinkMessage message, Optional<Map<Target, List<SessionPlace>>> placesNow) {
    if (placesNow.isEmpty() && message.stamp().isEmpty()) {
      counts.unreachable.increment();
      receipts.of(
          message, Status.FAILED, "the session has gone on, and the database cannot say where to");
      return DONE;
    }
    Set<String> nodes =
        nodesBeside(
            placesNow
                .map(places -> places.getOrDefault(message.target(), List.of()))
                .orElse(List.of()));
    boolean servedElsewhere = nodes.removeAll(message.trail().others());
    if (!nodes.isEmpty() && message.trail().hops() < MAX_HOPS) {
      counts.passedOnAgain.increment();
      return new Route.ToNodes(nodes, /* servedHere= */ false, message.stamp());
    }
    // What is stored waits for its user; who has a copy of their own answers for it.
    boolean answeredFor = servedElsewhere || message.stamp().isPresent();
    return answeredFor ? DONE : deliverHere(message);
  }

  private Route deliverHere(DownlinkMessage message) {
    local.deliver(message);
    return DONE;
  }

  /**
   * Persistent ones are stored like any other, and expire in the store at once: so there is one
   * account of each, even if a node that died had stored it before.
   */
  @Override
  public List<DownlinkMessage> expired(List<DownlinkMessage> batch) {
    List<DownlinkMessage> toStore = batch.stream().filter(DownlinkMessage::persistent).toList();
    if (!toStore.isEmpty()) {
      List<Route> _ = stored.store(toStore); // nobody is sent what has expired
    }
    return batch.stream().filter(message -> !message.persistent()).toList();
  }

  /** Goes on with what waited for a node that is gone. */
  public JmsBridge.Heir heirOf(String gone) {
    return new Inheritance(gone, this, local, whereabouts);
  }

  @Override
  public List<Route> resolve(List<DownlinkMessage> batch) {
    counts.fromShared.add(batch.size());
    List<DownlinkMessage> toStore = batch.stream().filter(DownlinkMessage::persistent).toList();
    List<DownlinkMessage> passing =
        batch.stream().filter(message -> !message.persistent()).toList();
    // The database first: if it is away the batch comes again, and nothing was sent twice.
    List<Route> ofStored = toStore.isEmpty() ? List.of() : stored.store(toStore);
    List<Route> ofPassing = passing.isEmpty() ? List.of() : resolveLive(passing);
    List<Route> routes = new ArrayList<>(batch.size());
    int nextStored = 0;
    int nextPassing = 0;
    for (DownlinkMessage message : batch) {
      routes.add(message.persistent() ? ofStored.get(nextStored++) : ofPassing.get(nextPassing++));
    }
    return routes;
  }

  private List<Route> resolveLive(List<DownlinkMessage> batch) {
    Map<Target, List<SessionPlace>> elsewhere = elsewhere(batch);
    return batch.stream()
        .map(message -> resolve(message, elsewhere.getOrDefault(message.target(), List.of())))
        .toList();
  }

  /** One query for all who may have sessions on other nodes. */
  private Map<Target, List<SessionPlace>> elsewhere(List<DownlinkMessage> batch) {
    Set<Target> asked = new HashSet<>();
    boolean someAreNotHere = false;
    for (DownlinkMessage message : batch) {
      boolean isHere = !local.find(message.target()).isEmpty();
      someAreNotHere |= !isHere;
      if (!isHere || (hasManyDevices(message.target()) && !alone.getAsBoolean())) {
        asked.add(message.target());
      }
    }
    try {
      return asked.isEmpty() ? Map.of() : whereabouts.of(asked);
    } catch (PersistenceException e) {
      if (someAreNotHere) {
        throw e; // the batch comes again
      }
      log.warn(
          "{} messages go to sessions of this node only, others are not known: {}",
          batch.size(),
          e.toString());
      return Map.of();
    }
  }

  private static boolean hasManyDevices(Target target) {
    return target instanceof Target.User to && to.device().isEmpty();
  }

  private Route resolve(DownlinkMessage message, List<SessionPlace> places) {
    Set<String> nodes = nodesBeside(places);
    List<Session> here = local.find(message.target());
    if (nodes.isEmpty() || local.isLate(message)) {
      // Of what is for many and not persistent every node has a message of its own.
      if (isForOneUser(message.target())) {
        local.deliver(message, here);
      }
      return DONE;
    }
    if (!here.isEmpty()) {
      local.deliver(message, here);
    }
    return new Route.ToNodes(nodes, !here.isEmpty(), Optional.empty());
  }

  private static boolean isForOneUser(Target target) {
    return target instanceof Target.User || target instanceof Target.OneSession;
  }

  /**
   * The other nodes that hold them; a row of this node is one that is just ending, and one that is
   * detached is held by nobody.
   */
  Set<String> nodesBeside(List<SessionPlace> places) {
    Set<String> nodes = new HashSet<>();
    for (SessionPlace place : places) {
      if (place.connected() && !place.node().equals(node)) {
        nodes.add(place.node());
      }
    }
    return nodes;
  }

  /**
   * The other node that holds this session's connection, as routing knows it: up to {@link
   * DownlinkConfig#routeLife} ago. Blocks.
   */
  public Optional<String> otherHolder(UUID session) {
    Target target = new Target.OneSession(session);
    return nodesBeside(whereabouts.of(List.of(target)).getOrDefault(target, List.of())).stream()
        .findFirst();
  }

  /** An acknowledgement that no message waited for. Any thread. */
  public void strayAck() {
    counts.strayAcks.increment();
  }
}
