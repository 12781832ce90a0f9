package io.trunkline.persistence;

import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.MessageStore.SummaryCounts;
import io.trunkline.persistence.StepStatements.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Summaries of messages for many. */
final class CloseStatements {
  private static final String DUE =
      """
      select %s from trunkline.message m join trunkline.stream s on s.id = m.stream_id
      where m.state = 'PENDING' and m.many and m.reply_to is not null
        and m.stored_at < statement_timestamp() - ? * interval '1 millisecond'
      order by m.stored_at
      limit ?
      for update of m skip locked
      """
          .formatted(MessageRow.WITHOUT_PAYLOAD);

  // Who has answered was sent it, also if the step SENT was lost with its node. Detached sessions
  // are counted where the message was meant for all; whom a selector or a topic means, only the
  // sessions' nodes know.
  private static final String COUNTS =
      """
      select k.ord, c.matched, c.sent, c.acked, c.failed,
        case when k.kind = 'BROADCAST' and k.selector is null then (
          select count(*) from trunkline.live_session l
          where l.state = 'DETACHED' and not exists (
            select from trunkline.delivery_step d
            where d.message_id = k.message_id and d.stream_kind = k.kind
              and d.stream_name = k.name and d.stream_epoch = k.epoch
              and d.stream_offset = k."offset" and d.session_id = l.id))
        else 0 end as offline
      from unnest(?, ?, ?, ?, ?, ?) with ordinality
        as k(kind, name, epoch, "offset", message_id, selector, ord)
      cross join lateral (
        select count(*) as matched, count(*) filter (where r.sent) as sent,
          count(*) filter (where r.acked) as acked,
          count(*) filter (where r.failed and not r.acked) as failed
        from (
          select bool_or(d.step in ('SENT', 'UNACKNOWLEDGED', 'DELIVERED', 'REPLIED', 'DEAD'))
              as sent,
            bool_or(d.step in ('DELIVERED', 'REPLIED')) as acked,
            bool_or(d.step in ('FAILED', 'DEAD', 'EXPIRED', 'CONFLATED')) as failed
          from trunkline.delivery_step d
          where d.message_id = k.message_id and d.stream_kind = k.kind
            and d.stream_name = k.name and d.stream_epoch = k.epoch
            and d.stream_offset = k."offset" and d.session_id is not null
          group by d.session_id
        ) r
      ) c
      """;

  private static final String CLOSE =
      """
      update trunkline.message m
      set state = 'CLOSED', settled_at = statement_timestamp(), settled_node = ?
      from unnest(?, ?) as r(stream_id, "offset")
      where m.stream_id = r.stream_id and m."offset" = r."offset"
      """;

  private CloseStatements() {}

  static SettleResult closeDue(
      Connection connection, Duration after, int limit, String node, ReceiptWriter writer)
      throws SQLException {
    List<MessageRow> due;
    try (PreparedStatement query = connection.prepareStatement(DUE)) {
      query.setLong(1, after.toMillis());
      query.setInt(2, limit);
      due = MessageRow.list(query);
    }
    return close(connection, due, node, writer);
  }

  static SettleResult close(
      Connection connection, SettleStatements.Address address, String node, ReceiptWriter writer)
      throws SQLException {
    List<MessageRow> open =
        SettleStatements.find(connection, List.of(address), true).values().stream()
            .filter(row -> row.stream().kind() != StreamKey.Kind.USER)
            .filter(row -> row.stored().state() == MessageState.PENDING)
            .toList();
    return close(connection, open, node, writer);
  }

  private static SettleResult close(
      Connection connection, List<MessageRow> rows, String node, ReceiptWriter writer)
      throws SQLException {
    if (rows.isEmpty()) {
      return new SettleResult(List.of(), List.of());
    }
    Map<Integer, SummaryCounts> counts = counts(connection, rows);
    Instant at = Instant.now();
    List<Settled> settled = new ArrayList<>();
    List<Entry> steps = new ArrayList<>();
    List<StoredReceipt> receipts = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      MessageRow row = rows.get(i);
      SummaryCounts count = counts.getOrDefault(i, new SummaryCounts(0, 0, 0, 0, 0));
      String detail =
          "%d matched, %d sent, %d acknowledged, %d failed, %d offline"
              .formatted(
                  count.matched(), count.sent(), count.acked(), count.failed(), count.offline());
      settled.add(
          new Settled(
              Rulings.ofGateway(row, MessageState.CLOSED, node, at, detail),
              Settled.Outcome.APPLIED));
      steps.add(new Entry(step(row, node, at, detail), null, null));
      row.message()
          .replyTo()
          .ifPresent(
              to -> {
                UUID id = UUID.randomUUID();
                receipts.add(
                    new StoredReceipt(
                        id, to, "SUMMARY", writer.summary(id, row.stored(), count, at)));
              });
    }
    try (PreparedStatement update = connection.prepareStatement(CLOSE)) {
      update.setString(1, node);
      new Columns<>(update, rows, 2)
          .bigint(MessageRow::streamId)
          .bigint(row -> row.stored().offset());
      update.executeUpdate();
    }
    StepStatements.insert(connection, steps);
    ReceiptStatements.insert(connection, receipts);
    return new SettleResult(settled, receipts);
  }

  private static Map<Integer, SummaryCounts> counts(Connection connection, List<MessageRow> rows)
      throws SQLException {
    Map<Integer, SummaryCounts> counts = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(COUNTS)) {
      new Columns<>(query, rows)
          .text(row -> row.stream().kind().name())
          .text(row -> row.stream().name())
          .bigint(row -> row.stored().epoch())
          .bigint(row -> row.stored().offset())
          .text(row -> row.message().id())
          .text(row -> row.message().recipients().selector().orElse(null));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          counts.put(
              row.getInt("ord") - 1,
              new SummaryCounts(
                  row.getLong("matched"),
                  row.getLong("sent"),
                  row.getLong("acked"),
                  row.getLong("failed"),
                  row.getLong("offline")));
        }
      }
    }
    return counts;
  }

  private static DeliveryStep step(MessageRow row, String node, Instant at, String detail) {
    return new DeliveryStep(
        row.stream(),
        row.stored().epoch(),
        row.stored().offset(),
        row.message().id(),
        DeliveryStep.Kind.CLOSED,
        at,
        node,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        detail);
  }
}
