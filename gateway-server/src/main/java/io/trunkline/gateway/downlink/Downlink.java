package io.trunkline.gateway.downlink;

import com.google.protobuf.UnsafeByteOperations;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.Timer;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.transport.EncodedFrame;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.Expect;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.JmsBridge.Route;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionRow;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * From a message of the downlink to the sessions of this node. Called on the bridge's threads,
 * which may block; event loops get the messages through their lanes.
 */
public final class Downlink implements JmsBridge.DownlinkHandler {
  private static final Route DONE = new Route.Done();
  private static final Route ALL_NODES = new Route.ToAllNodes();
  private static final String NOT_SERVED = " is not served by this version of the gateway";

  private final String node;
  private final SessionRegistry registry;
  private final SessionDirectory directory;
  private final List<Lane> lanes;
  private final Receipts receipts;
  private final Timer timer;
  private final Duration ackTimeout;
  private final InstantSource clock;
  private final DownlinkCounts counts = new DownlinkCounts();

  private Downlink(Parts parts) {
    this.node = parts.node();
    this.registry = parts.registry();
    this.directory = parts.directory();
    this.lanes = parts.lanes();
    this.receipts = new Receipts(parts.node(), parts.bridge(), parts.clock());
    this.timer = parts.timer();
    this.ackTimeout = parts.config().ackTimeout();
    this.clock = parts.clock();
  }

  /**
   * What the downlink is made of.
   *
   * @param timer for acknowledgements that do not come; one for the node
   */
  public record Parts(
      String node,
      DownlinkConfig config,
      SessionRegistry registry,
      SessionDirectory directory,
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
  public void deliver(List<DownlinkMessage> batch) {
    for (DownlinkMessage message : batch) {
      deliverHere(message, here(message.target()));
    }
  }

  @Override
  public List<Route> resolve(List<DownlinkMessage> batch) {
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
    List<Route> routes = new ArrayList<>(batch.size());
    for (DownlinkMessage message : batch) {
      routes.add(resolve(message, rows));
    }
    return routes;
  }

  private Route resolve(DownlinkMessage message, Map<String, List<SessionRow>> rows) {
    return switch (message.target()) {
      case Target.User to -> {
        List<Session> local = here(to);
        List<SessionRow> known = rows.getOrDefault(to.user(), List.of());
        yield local.isEmpty() ? forward(message, known) : deliverHere(message, local);
      }
      case Target.OneSession to -> {
        List<Session> local = here(to);
        yield local.isEmpty()
            ? forward(message, directory.find(to.session()).stream().toList())
            : deliverHere(message, local);
      }
      case Target.Everyone all -> ALL_NODES;
      case Target.Topic topic -> deliverHere(message, List.of());
      case Target.Audience audience -> deliverHere(message, List.of());
    };
  }

  /** To the nodes that hold the sessions; a row of this node is one that is just ending. */
  private Route forward(DownlinkMessage message, List<SessionRow> rows) {
    Set<String> nodes =
        rows.stream()
            .map(SessionRow::node)
            .filter(other -> !other.equals(node))
            .collect(Collectors.toSet());
    return switch (nodes.size()) {
      case 0 -> deliverHere(message, List.of());
      case 1 -> new Route.ToNode(nodes.iterator().next());
      default -> ALL_NODES;
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
      case Target.Everyone all -> List.of();
      case Target.Topic topic -> List.of();
      case Target.Audience audience -> List.of();
    };
  }

  private Route deliverHere(DownlinkMessage message, List<Session> sessions) {
    if (message.expiresAt().isPresent() && !message.expiresAt().get().isAfter(clock.instant())) {
      counts.expired.increment();
      receipts.of(message, Status.EXPIRED, "expired before it could be sent");
      return DONE;
    }
    switch (message.target()) {
      case Target.Everyone all -> dispatchToAll(message);
      case Target.User to when sessions.isEmpty() ->
          unreachable(message, Status.UNKNOWN_USER, "the user has no session now");
      case Target.OneSession to when sessions.isEmpty() ->
          unreachable(message, Status.UNKNOWN_SESSION, "there is no such session now");
      case Target.User to -> dispatchTo(message, sessions);
      case Target.OneSession to -> dispatchTo(message, sessions);
      case Target.Topic topic -> unreachable(message, Status.FAILED, "tl_topic" + NOT_SERVED);
      case Target.Audience a -> unreachable(message, Status.FAILED, "tl_audience" + NOT_SERVED);
    }
    return DONE;
  }

  private void unreachable(DownlinkMessage message, Status status, String why) {
    counts.unreachable.increment();
    receipts.of(message, status, why);
  }

  private void dispatchToAll(DownlinkMessage message) {
    EncodedFrame frame = encode(message).retain(lanes.size() - 1);
    var dispatch = new Dispatch(message, frame, lanes.size(), receipts, counts);
    startTimeout(dispatch, lanes);
    lanes.forEach(lane -> lane.submit(dispatch.toLane()));
  }

  private void dispatchTo(DownlinkMessage message, List<Session> sessions) {
    EncodedFrame frame = encode(message);
    if (sessions.size() > 1) {
      frame.retain(sessions.size() - 1);
    }
    var dispatch = new Dispatch(message, frame, sessions.size(), receipts, counts);
    startTimeout(
        dispatch,
        sessions.stream().map(session -> session.connection().lane()).distinct().toList());
    for (Session session : sessions) {
      session.connection().lane().submit(dispatch.toSession(session));
    }
  }

  private void startTimeout(Dispatch dispatch, List<Lane> over) {
    if (!dispatch.expectsAck()) {
      return;
    }
    String why = "no acknowledgement within " + ackTimeout.toMillis() + " ms";
    dispatch.timeout(
        timer.newTimeout(
            timeout -> over.forEach(lane -> lane.loop().execute(() -> dispatch.giveUp(lane, why))),
            ackTimeout.toMillis(),
            TimeUnit.MILLISECONDS));
  }

  private EncodedFrame encode(DownlinkMessage message) {
    counts.messages.increment();
    return new EncodedFrame(
        ByteBufAllocator.DEFAULT,
        Frame.newBuilder()
            .setNotify(
                Notify.newBuilder()
                    .setMessageId(message.id())
                    .setType(message.type())
                    .setContentType(message.contentType())
                    .setPayload(UnsafeByteOperations.unsafeWrap(message.payload()))
                    .setExpect(wire(message.expect()))
                    .setPublishedMs(message.publishedAt().toEpochMilli()))
            .build());
  }

  private static io.trunkline.protocol.v1.Expect wire(Expect expect) {
    return switch (expect) {
      case NONE -> io.trunkline.protocol.v1.Expect.NOTHING;
      case ACK -> io.trunkline.protocol.v1.Expect.ACK;
      case REPLY -> io.trunkline.protocol.v1.Expect.REPLY;
    };
  }

  /** An acknowledgement that no message waited for. Any thread. */
  public void strayAck() {
    counts.strayAcks.increment();
  }
}
