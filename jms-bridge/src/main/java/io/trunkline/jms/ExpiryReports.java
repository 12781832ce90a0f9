package io.trunkline.jms;

import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reports what has expired in the broker. Not thread-safe: as its pump. */
final class ExpiryReports implements DownlinkPump.BatchHandler {
  private final JmsBridge.DownlinkHandler handler;
  private final ReceiptSender receipts;
  private final InstantSource clock = InstantSource.system();

  ExpiryReports(JmsBridge.DownlinkHandler handler, ReceiptSender receipts) {
    this.handler = handler;
    this.receipts = receipts;
  }

  @Override
  public boolean ready() {
    return handler.mayResolve();
  }

  @Override
  public List<JmsBridge.Route> handle(List<DownlinkMessage> batch)
      throws BrokerUnavailableException {
    // A stored message expires in its store; this was but a copy on its way.
    List<DownlinkMessage> expired =
        batch.stream().filter(message -> message.stamp().isEmpty()).toList();
    if (!expired.isEmpty()) {
      List<DownlinkMessage> open = handler.expired(expired);
      receipts.trySend(open.stream().map(this::receipt).flatMap(Optional::stream).toList());
    }
    return Collections.nCopies(batch.size(), new JmsBridge.Route.Done());
  }

  /** By the same id for each node's copy of a broadcast: the broker takes the first. */
  private Optional<ReceiptEnvelope> receipt(DownlinkMessage message) {
    return message
        .replyAddress()
        .map(
            to -> {
              UUID id = Aside.id(Receipt.Status.EXPIRED, message.jmsMessageId());
              return new ReceiptEnvelope(
                  id,
                  to,
                  message.correlationId().orElse(message.id()),
                  Receipt.Status.EXPIRED.name(),
                  written(id, message).toJson());
            });
  }

  private Receipt written(UUID id, DownlinkMessage message) {
    Optional<String> user = Optional.empty();
    Optional<String> device = Optional.empty();
    Optional<String> session = Optional.empty();
    switch (message.target()) {
      case Target.User to -> {
        user = Optional.of(to.user());
        device = to.device();
      }
      case Target.OneSession to -> session = Optional.of(to.session().toString());
      case Target.Everyone _, Target.Topic _, Target.Audience _ -> {}
    }
    return new Receipt(
        id.toString(),
        message.id(),
        Receipt.Status.EXPIRED,
        user,
        device,
        session,
        Optional.empty(),
        clock.instant(),
        "expired in the broker before a node took it",
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }
}
