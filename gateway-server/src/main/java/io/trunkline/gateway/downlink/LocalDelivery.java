package io.trunkline.gateway.downlink;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import java.time.InstantSource;
import java.util.List;

/**
 * What becomes of a message on this node, once it is known that it is to be delivered here: it goes
 * to its sessions, or its publisher is told why not. On the bridge's threads.
 */
final class LocalDelivery {
  private final SessionRegistry registry;
  private final StoredDownlink stored;
  private final LiveDownlink live;
  private final Receipts receipts;
  private final DownlinkCounts counts;
  private final InstantSource clock;

  LocalDelivery(
      Downlink.Parts parts, StoredDownlink stored, Receipts receipts, DownlinkCounts counts) {
    this.registry = parts.registry();
    this.stored = stored;
    this.live = new LiveDownlink(parts, receipts, counts);
    this.receipts = receipts;
    this.counts = counts;
    this.clock = parts.clock();
  }

  /** The sessions of one recipient that are here; none of what is for many. */
  List<Session> find(Target target) {
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

  /** Nobody is here for it. What is stored moves the streams of all of the user's devices on. */
  boolean isForNobody(DownlinkMessage message) {
    return (message.stamp().isPresent() && message.target() instanceof Target.User to)
        ? registry.ofUser(to.user()).isEmpty()
        : find(message.target()).isEmpty();
  }

  /** A copy that was addressed to this node, or what every node has a message of. */
  void deliver(DownlinkMessage message) {
    if (message.stamp().isPresent()) {
      stored.passedOn(message, message.stamp().get());
      return;
    }
    deliver(message, find(message.target()));
  }

  /**
   * To these sessions, or to all that it is for if it is for many.
   *
   * @param sessions what {@link #find} has found
   */
  void deliver(DownlinkMessage message, List<Session> sessions) {
    if (isLate(message)) {
      counts.expired.increment();
      receipts.of(message, Status.EXPIRED, "expired before it could be sent");
      return;
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
  }

  /** It has expired. */
  boolean isLate(DownlinkMessage message) {
    return message.expiresAt().isPresent() && !message.expiresAt().get().isAfter(clock.instant());
  }

  /** It is for nobody who is connected, and its publisher is told so. */
  void unreachable(DownlinkMessage message, Status status, String why) {
    counts.unreachable.increment();
    receipts.of(message, status, why);
  }
}
