package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Draft;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Target;
import io.trunkline.persistence.NodeStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Publishes to the downlink, as a JMS publisher would. */
final class NotificationsResource {
  private static final Set<String> PARAMETERS = Set.of("wait");
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  private final JmsBridge bridge;
  private final NodeStore nodes;

  NotificationsResource(JmsBridge bridge, NodeStore nodes) {
    this.bridge = bridge;
    this.nodes = nodes;
  }

  /**
   * A notification that was taken, in an answer.
   *
   * @param complete with {@code wait}: whether all receipts are there
   * @param more with {@code wait}: receipts that are not shown
   */
  record Taken(
      String id,
      @Nullable Boolean complete,
      @Nullable List<ReceiptCollector.View> receipts,
      @Nullable Long more) {}

  Answer post(ServerRequest request) throws BrokerUnavailableException {
    var query = new Query(request.query(), PARAMETERS);
    Optional<Duration> wait = query.duration("wait", MAX_WAIT);
    Draft draft = NotificationBody.read(RequestBody.json(request));
    if (wait.isEmpty()) {
      try (var publication = bridge.publish(draft, receipt -> {})) {
        return Answer.accepted(new Taken(publication.messageId(), null, null, null));
      }
    }
    ReceiptCollector collector = collector(draft);
    try (var publication = bridge.publish(draft, collector)) {
      var collected = collector.await(wait.get());
      return Answer.accepted(
          new Taken(
              publication.messageId(),
              collected.complete(),
              collected.receipts(),
              collected.more()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the node stops", e);
    }
  }

  private ReceiptCollector collector(Draft draft) {
    return switch (draft.target()) {
      case Target.User _, Target.OneSession _ -> recipients(1);
      case Target.Everyone _, Target.Topic _, Target.Audience _ ->
          draft.persistent() ? summaries(1) : everyNode();
    };
  }

  /** A user has one receipt, whatever the number of sessions. */
  private static ReceiptCollector recipients(int count) {
    return new ReceiptCollector(ReceiptCollector.Until.RECIPIENTS, count);
  }

  private static ReceiptCollector summaries(int count) {
    return new ReceiptCollector(ReceiptCollector.Until.NODES, count);
  }

  private ReceiptCollector everyNode() {
    long live = nodes.list().stream().filter(NodeStore.NodeRow::live).count();
    return summaries(Math.toIntExact(Math.max(1, live)));
  }
}
