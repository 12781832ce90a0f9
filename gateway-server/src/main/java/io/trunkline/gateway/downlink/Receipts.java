package io.trunkline.gateway.downlink;

import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Writes receipts to those who asked for them. Thread-safe; does not block. */
final class Receipts {
  // The ids of receipts are a number that no other writer has, and a count: drawing a random number
  // for each would cost more than the rest of the receipt.
  private final long writer = new SecureRandom().nextLong();
  private final AtomicLong lastId = new AtomicLong();
  private final String node;
  private final JmsBridge bridge;
  private final InstantSource clock;

  Receipts(String node, JmsBridge bridge, InstantSource clock) {
    this.node = node;
    this.bridge = bridge;
    this.clock = clock;
  }

  /** About one recipient that has a session. */
  void of(DownlinkMessage message, SessionInfo recipient, Status status, String detail) {
    send(
        message,
        status,
        Optional.of(recipient.user()),
        Optional.of(recipient.device()),
        Optional.of(recipient.id().toString()),
        detail,
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** About a reply. */
  void reply(DownlinkMessage message, SessionInfo recipient, String contentType, byte[] payload) {
    send(
        message,
        Status.REPLIED,
        Optional.of(recipient.user()),
        Optional.of(recipient.device()),
        Optional.of(recipient.id().toString()),
        "",
        Map.of(),
        Optional.of(contentType),
        Optional.of(payload));
  }

  /** About a target that has no session. */
  void of(DownlinkMessage message, Status status, String detail) {
    Optional<String> user = Optional.empty();
    Optional<String> device = Optional.empty();
    Optional<String> session = Optional.empty();
    switch (message.target()) {
      case Target.User to -> {
        user = Optional.of(to.user());
        device = to.device();
      }
      case Target.OneSession to -> session = Optional.of(to.session().toString());
      case Target.Everyone e -> {}
      case Target.Topic t -> {}
      case Target.Audience a -> {}
    }
    send(
        message,
        status,
        user,
        device,
        session,
        detail,
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  void summary(DownlinkMessage message, Map<String, Long> counts) {
    send(
        message,
        Status.SUMMARY,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        counts,
        Optional.empty(),
        Optional.empty());
  }

  private String nextId() {
    return new UUID(writer, lastId.incrementAndGet()).toString();
  }

  private void send(
      DownlinkMessage message,
      Status status,
      Optional<String> user,
      Optional<String> device,
      Optional<String> session,
      String detail,
      Map<String, Long> counts,
      Optional<String> contentType,
      Optional<byte[]> payload) {
    if (message.replyAddress().isEmpty()) {
      return;
    }
    bridge.receipt(
        message,
        new Receipt(
            nextId(),
            message.id(),
            status,
            user,
            device,
            session,
            Optional.of(node),
            clock.instant(),
            detail,
            contentType,
            payload,
            counts));
  }
}
