package io.trunkline.persistence;

import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.StepStatements.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Carries out what is decided about messages whose rows this transaction has locked. */
final class Rulings {
  private static final String SETTLE =
      """
      update trunkline.message m
      set state = r.state, settled_at = statement_timestamp(), settled_session = r.session,
        settled_device = r.device, settled_node = r.node, settled_detail = r.detail,
        next_look_at = null
      from unnest(?, ?, ?, ?, ?, ?, ?) as r(stream_id, "offset", state, session, device, node, detail)
      where m.stream_id = r.stream_id and m."offset" = r."offset"
      """;

  private Rulings() {}

  /** A settlement that takes effect, and the message as it was before. */
  record Ruling(MessageRow row, Settlement settlement) {}

  /** A decision that no client took. */
  static Settlement ofGateway(
      MessageRow row, MessageState outcome, String node, Instant at, String detail) {
    return new Settlement(
        row.stream(),
        row.stored().epoch(),
        row.stored().offset(),
        row.message().id(),
        outcome,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        node,
        at,
        detail,
        Optional.empty());
  }

  /** Settles messages, with steps and receipts. */
  static SettleResult apply(Connection connection, List<Ruling> rulings, ReceiptWriter writer)
      throws SQLException {
    if (!rulings.isEmpty()) {
      List<Ruling> inOrder =
          rulings.stream()
              .sorted(
                  Comparator.comparingLong((Ruling r) -> r.row().streamId())
                      .thenComparingLong(r -> r.row().stored().offset()))
              .toList();
      try (PreparedStatement update = connection.prepareStatement(SETTLE)) {
        new Columns<>(update, inOrder)
            .bigint(r -> r.row().streamId())
            .bigint(r -> r.row().stored().offset())
            .text(r -> r.settlement().outcome().name())
            .uuid(r -> r.settlement().session().orElse(null))
            .text(r -> r.settlement().device().orElse(null))
            .text(r -> r.settlement().node())
            .text(r -> r.settlement().detail());
        update.executeUpdate();
      }
    }
    return witness(connection, rulings, writer);
  }

  /** Steps and receipts alone, for recipients of messages for many. */
  static SettleResult witness(Connection connection, List<Ruling> rulings, ReceiptWriter writer)
      throws SQLException {
    List<Entry> steps = new ArrayList<>();
    List<StoredReceipt> receipts = new ArrayList<>();
    List<Settled> settled = new ArrayList<>();
    for (Ruling ruling : rulings) {
      StoredMessage message = ruling.row().stored();
      Settlement settlement = ruling.settlement();
      steps.add(new Entry(step(ruling), message.message().type(), message.storedAt()));
      settled.add(new Settled(settlement, Settled.Outcome.APPLIED));
      message
          .message()
          .replyTo()
          .ifPresent(
              to -> {
                UUID id = UUID.randomUUID();
                receipts.add(
                    new StoredReceipt(
                        id,
                        to,
                        settlement.outcome().name(),
                        writer.receipt(id, message, settlement)));
              });
    }
    StepStatements.insert(connection, steps);
    ReceiptStatements.insert(connection, receipts);
    return new SettleResult(settled, receipts);
  }

  private static DeliveryStep step(Ruling ruling) {
    Settlement settlement = ruling.settlement();
    StreamKey stream = settlement.stream();
    boolean ofUser = stream.kind() == StreamKey.Kind.USER;
    return new DeliveryStep(
        stream,
        settlement.epoch(),
        settlement.offset(),
        settlement.messageId(),
        DeliveryStep.Kind.valueOf(settlement.outcome().name()),
        settlement.at(),
        settlement.node(),
        settlement.session(),
        settlement.user().or(() -> ofUser ? Optional.of(stream.name()) : Optional.empty()),
        settlement.device(),
        settlement.session().isPresent() ? ruling.row().stored().attempts() + 1 : 0,
        settlement.detail());
  }
}
