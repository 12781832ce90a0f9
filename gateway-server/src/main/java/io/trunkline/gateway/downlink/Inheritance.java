package io.trunkline.gateway.downlink;

import io.trunkline.gateway.session.Session;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.JmsBridge.Route;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.SessionPlace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Passing messages that waited for a node when it died. Each goes on to where its sessions are now;
 * of one whose sessions are nowhere, the publisher is told, since the node cannot tell any more.
 * Blocks; on a thread of the caller's, which may be one of several that do this.
 *
 * <p>The node may have written some of them to a client before it died, and not have said so to the
 * broker: they come to that client again, by the same id.
 */
final class Inheritance implements JmsBridge.Heir {
  private static final Route DONE = new Route.Done();

  private final String gone;
  private final Downlink downlink;
  private final LocalDelivery local;
  private final Whereabouts whereabouts;

  Inheritance(String gone, Downlink downlink, LocalDelivery local, Whereabouts whereabouts) {
    this.gone = gone;
    this.downlink = downlink;
    this.local = local;
    this.whereabouts = whereabouts;
  }

  /** As what is for one recipient and comes from a publisher. */
  @Override
  public boolean mayTake() {
    return downlink.mayResolve();
  }

  @Override
  public List<Route> take(List<DownlinkMessage> batch) {
    // What is remembered is from before the node died.
    Map<Target, List<SessionPlace>> places =
        whereabouts.freshly(batch.stream().map(DownlinkMessage::target).distinct().toList());
    downlink.counts().inherited.add(batch.size());
    return batch.stream()
        .map(message -> goOn(message, places.getOrDefault(message.target(), List.of())))
        .toList();
  }

  private Route goOn(DownlinkMessage message, List<SessionPlace> places) {
    List<Session> here = local.find(message.target());
    if (local.isLate(message)) {
      local.deliver(message, here);
      return DONE;
    }
    // Who has a copy of their own answers for it.
    boolean answeredFor = !here.isEmpty() && message.trail().others().contains(downlink.node());
    if (!here.isEmpty() && !answeredFor) {
      local.deliver(message, here);
    }
    Set<String> nodes = downlink.nodesBeside(places);
    nodes.remove(gone); // it holds nothing any more, though nobody may have written that down yet
    answeredFor |= nodes.removeAll(message.trail().others());
    if (!nodes.isEmpty()) {
      return new Route.ToNodes(nodes, !here.isEmpty(), Optional.empty());
    }
    if (here.isEmpty() && !answeredFor) {
      local.unreachable(
          message,
          Status.FAILED,
          "node " + gone + " died with it, and the session is not connected elsewhere");
    }
    return DONE;
  }
}
