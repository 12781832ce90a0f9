package io.trunkline.gateway.downlink;

import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SummaryCounts;
import io.trunkline.persistence.Settlement;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What receipts about stored messages say. docs/JMS.md, Receipts. */
final class ReceiptTexts implements ReceiptWriter {
  private final String node;

  ReceiptTexts(String node) {
    this.node = node;
  }

  @Override
  public String receipt(UUID id, StoredMessage message, Settlement settlement) {
    return new Receipt(
            id.toString(),
            message.message().id(),
            status(message, settlement),
            settlement.user().or(() -> user(message)),
            settlement.device().or(() -> message.message().recipients().device()),
            settlement
                .session()
                .or(() -> message.message().recipients().session())
                .map(UUID::toString),
            Optional.of(settlement.node()),
            settlement.at(),
            settlement.detail(),
            settlement.reply().map(Settlement.Reply::contentType),
            settlement.reply().map(Settlement.Reply::payload),
            Map.of())
        .toJson();
  }

  private static Status status(StoredMessage message, Settlement settlement) {
    return switch (settlement.outcome()) {
      case DELIVERED -> Status.DELIVERED;
      case REPLIED -> Status.REPLIED;
      case EXPIRED -> Status.EXPIRED;
      case DEAD -> Status.DEAD;
      case CONFLATED -> Status.CONFLATED;
      case FAILED, PENDING, CLOSED ->
          message.message().recipients().session().isPresent() && settlement.session().isEmpty()
              ? Status.UNKNOWN_SESSION
              : Status.FAILED;
    };
  }

  private static Optional<String> user(StoredMessage message) {
    StreamKey stream = message.message().stream();
    boolean known =
        stream.kind() == StreamKey.Kind.USER && !Character.isISOControl(stream.name().charAt(0));
    return known ? Optional.of(stream.name()) : Optional.empty();
  }

  @Override
  public String summary(UUID id, StoredMessage message, SummaryCounts counts, Instant at) {
    Map<String, Long> numbers = new LinkedHashMap<>();
    numbers.put("matched", counts.matched() + counts.offline());
    numbers.put("sent", counts.sent());
    numbers.put("acked", counts.acked());
    numbers.put("failed", counts.failed());
    numbers.put("offline", counts.offline());
    return about(id, message, Status.SUMMARY, at, "", numbers);
  }

  @Override
  public String duplicate(UUID id, StoredMessage first, Instant at) {
    String detail =
        first.state() == MessageState.PENDING
            ? "published before under this id and still under way; its receipts come here now"
            : "published before under this id; that one is " + first.state();
    return about(id, first, Status.DUPLICATE, at, detail, Map.of());
  }

  private String about(
      UUID id,
      StoredMessage message,
      Status status,
      Instant at,
      String detail,
      Map<String, Long> counts) {
    return new Receipt(
            id.toString(),
            message.message().id(),
            status,
            user(message),
            message.message().recipients().device(),
            message.message().recipients().session().map(UUID::toString),
            Optional.of(node),
            at,
            detail,
            Optional.empty(),
            Optional.empty(),
            counts)
        .toJson();
  }
}
