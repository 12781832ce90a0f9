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
import io.trunkline.persistence.SessionRow;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * From a message of the downlink to the sessions of this node: what is persistent through the
 * database, the rest straight. Called on the bridge's threads, which may block; event loops get the
 * messages through their lanes.
 */
public final class Downlink implements JmsBridge.DownlinkHandler {
  private static final Route DONE = new Route.Done();

  private final String node;
  private final SessionRegistry registry;
  private final SessionDirectory directory;
  private final Receipts receipts;
  private final BooleanSupplier alone;
  private final Streams.Standing standing;
  private final InstantSource clock;
  private final StoredDownlink stored;
  private final LiveDownlink live;
  private final DownlinkCounts counts = new DownlinkCounts();

  private Downlink(Parts parts) {
    this.node = parts.node();
    this.registry = parts.registry();
    this.directory = parts.directory();
    this.receipts = new Receipts(parts.node(), parts.bridge(), parts.clock());
    this.alone = parts.alone();
    this.standing = parts.standing();
    this.clock = parts.clock();
    this.stored = new StoredDownlink(parts, new ReceiptTexts(parts.node()));
    this.live = new LiveDownlink(parts, receipts, counts);
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

  @Override
  public void deliver(List<DownlinkMessage> batch) {
    for (DownlinkMessage message : batch) {
      if (message.stamp().isPresent()) {
        stored.passedOn(message, message.stamp().get());
      } else {
        deliverHere(message, here(message.target()));
      }
    }
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

  @Override
  public List<Route> resolve(List<DownlinkMessage> batch) {
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
    // One query for all whose session is not here.
    Set<String> elsewhere = new HashSet<>();
    for (DownlinkMessage message : batch) {
      if (message.target() instanceof Target.User to && here(to).isEmpty()) {
        elsewhere.add(to.user());
      }
    }
    Map<String, List<SessionRow>> rows =
        elsewhere.isEmpty()
            ? Map.of()
            : directory.ofUsers(List.copyOf(elsewhere)).stream()
                .collect(Collectors.groupingBy(SessionRow::user));
    return batch.stream().map(message -> resolve(message, rows)).toList();
  }

  private Route resolve(DownlinkMessage message, Map<String, List<SessionRow>> rows) {
    List<Session> local = here(message.target());
    if (!local.isEmpty()) {
      return deliverHere(message, local);
    }
    return switch (message.target()) {
      case Target.User to -> forward(message, rows.getOrDefault(to.user(), List.of()));
      case Target.OneSession to -> forward(message, directory.find(to.session()).stream().toList());
      // Not persistent, so every node has it from its own subscription.
      case Target.Everyone _, Target.Topic _, Target.Audience _ -> DONE;
    };
  }

  /**
   * To the nodes that hold the sessions; a row of this node is one that is just ending, and one
   * that is detached is held by nobody.
   */
  private Route forward(DownlinkMessage message, List<SessionRow> rows) {
    Set<String> nodes =
        rows.stream()
            .filter(row -> row.state().equals("ACTIVE"))
            .map(SessionRow::node)
            .filter(other -> !other.equals(node))
            .collect(Collectors.toSet());
    return switch (nodes.size()) {
      case 0 -> deliverHere(message, List.of());
      case 1 -> new Route.ToNode(nodes.iterator().next(), Optional.empty());
      default -> new Route.ToAllNodes(Optional.empty());
    };
  }

  private List<Session> here(Target target) {
    return switch (target) {
      case Target.User to ->
          to.device().isEmpty()
              ? registry.ofUser(to.user())
              : registry.ofUser(to.user()).stream()
                  .filter(session -> session.info().device().equals(to.device().get()))
                  .toList();
      case Target.OneSession to -> registry.find(to.session()).stream().toList();
      case Target.Everyone _, Target.Topic _, Target.Audience _ -> List.of();
    };
  }

  private Route deliverHere(DownlinkMessage message, List<Session> sessions) {
    if (message.expiresAt().isPresent() && !message.expiresAt().get().isAfter(clock.instant())) {
      counts.expired.increment();
      receipts.of(message, Status.EXPIRED, "expired before it could be sent");
      return DONE;
    }
    switch (message.target()) {
      case Target.User to when sessions.isEmpty() ->
          unreachable(message, Status.UNKNOWN_USER, "the user has no session now");
      case Target.OneSession to when sessions.isEmpty() ->
          unreachable(message, Status.UNKNOWN_SESSION, StoredDownlink.NO_SUCH_SESSION);
      case Target.User _, Target.OneSession _ -> live.toSessions(message, sessions);
      case Target.Everyone _ -> live.toAll(message);
      case Target.Topic to -> live.toTopic(message, to);
      case Target.Audience to -> live.toAudience(message, to);
    }
    return DONE;
  }

  private void unreachable(DownlinkMessage message, Status status, String why) {
    counts.unreachable.increment();
    receipts.of(message, status, why);
  }

  /** An acknowledgement that no message waited for. Any thread. */
  public void strayAck() {
    counts.strayAcks.increment();
  }
}
