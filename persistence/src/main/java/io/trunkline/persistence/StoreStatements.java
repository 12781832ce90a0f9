package io.trunkline.persistence;

import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.MessageStore.Storing;
import io.trunkline.persistence.StepStatements.Entry;
import io.trunkline.persistence.StreamStatements.Locked;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One call of {@link MessageStore#store}. The streams are locked first; from then on nobody else
 * stores into them, so what is looked up stays true.
 */
final class StoreStatements {
  private static final String KNOWN =
      "select %s from unnest(?, ?) as k(message_id, stream_id)".formatted(MessageRow.WITH_PAYLOAD)
          + " join trunkline.message m on m.message_id = k.message_id"
          + " and m.stream_id = k.stream_id join trunkline.stream s on s.id = m.stream_id";

  private static final String INSERT =
      """
      insert into trunkline.message (stream_id, "offset", message_id, many, publication, device,
        session_id, selector, expected, type, content_type, payload, conflation_key, priority,
        published_at, expires_at, reply_to, correlation_id, state, stored_at, next_look_at)
      select r.*, 'PENDING', t.at, case when r.many then null else t.at end
      from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as r(stream_id, "offset",
        message_id, many, publication, device, session_id, selector, expected, type, content_type,
        payload, conflation_key, priority, published_at, expires_at, reply_to, correlation_id),
        (select ?::timestamptz as at) t
      """;

  private static final String RENEW =
      """
      update trunkline.message m
      set publication = r.publication,
        reply_to = case when m.state = 'PENDING' and r.reply_to is not null
          then r.reply_to else m.reply_to end,
        correlation_id = case when m.state = 'PENDING' and r.reply_to is not null
          then r.correlation_id else m.correlation_id end
      from unnest(?, ?, ?, ?, ?) as r(stream_id, "offset", publication, reply_to, correlation_id)
      where m.stream_id = r.stream_id and m."offset" = r."offset"
      """;

  private final Connection connection;
  private final String node;
  private final Map<StreamKey, Locked> streams;

  /** By stream and id: what was there, and then what this batch brings. */
  private final Map<Id, MessageRow> known = new HashMap<>();

  private record Id(long streamId, String messageId) {}

  /** A message that was published again under its id. */
  private record Renewal(MessageRow first, NewMessage again) {}

  private StoreStatements(Connection connection, String node, Map<StreamKey, Locked> streams) {
    this.connection = connection;
    this.node = node;
    this.streams = streams;
  }

  static Storing store(
      Connection connection, String node, List<NewMessage> batch, ReceiptWriter writer)
      throws SQLException {
    Map<StreamKey, Locked> streams =
        StreamStatements.lock(connection, batch.stream().map(NewMessage::stream).toList());
    return new StoreStatements(connection, node, streams).store(batch, writer);
  }

  private Storing store(List<NewMessage> batch, ReceiptWriter writer) throws SQLException {
    findKnown(batch);
    Map<Id, NewMessage> fresh = new LinkedHashMap<>();
    for (NewMessage message : batch) {
      if (!known.containsKey(id(message))) {
        fresh.putIfAbsent(id(message), message);
      }
    }
    List<MessageRow> rows = insert(List.copyOf(fresh.values()));
    rows.forEach(row -> known.put(id(row.message()), row));

    List<StoreResult> results = new ArrayList<>();
    List<Renewal> renewals = new ArrayList<>();
    for (NewMessage message : batch) {
      MessageRow row = Objects.requireNonNull(known.get(id(message)), "row");
      if (fresh.remove(id(message)) != null) {
        results.add(new StoreResult.Stored(row.stored()));
      } else {
        boolean same =
            row.message().publication().equals(DatabaseText.clean(message.publication()));
        results.add(new StoreResult.Duplicate(row.stored(), same));
        if (!same) {
          renewals.add(new Renewal(row, message));
        }
      }
    }
    SettleResult conflated =
        Conflation.apply(
            connection, rows, renewals.stream().map(Renewal::first).toList(), node, writer);
    renew(renewals);
    return new Storing(results, conflated);
  }

  private void findKnown(List<NewMessage> batch) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(KNOWN)) {
      new Columns<>(query, batch).text(NewMessage::id).bigint(m -> stream(m).id());
      MessageRow.list(query).forEach(row -> known.put(id(row.message()), row));
    }
  }

  private List<MessageRow> insert(List<NewMessage> fresh) throws SQLException {
    if (fresh.isEmpty()) {
      return List.of();
    }
    Map<Long, Long> lastOffsets = new HashMap<>();
    fresh.forEach(
        m -> lastOffsets.merge(stream(m).id(), stream(m).lastOffset() + 1, (a, b) -> a + 1));
    Instant at = StreamStatements.advance(connection, lastOffsets);

    Map<Long, Long> offsets = new HashMap<>();
    List<MessageRow> rows = new ArrayList<>();
    for (NewMessage message : fresh) {
      Locked stream = stream(message);
      long offset = offsets.merge(stream.id(), stream.lastOffset() + 1, (a, b) -> a + 1);
      rows.add(
          new MessageRow(
              stream.id(),
              new StoredMessage(message, stream.epoch(), offset, MessageState.PENDING, 0, at)));
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      int next =
          new Columns<>(insert, rows)
              .bigint(MessageRow::streamId)
              .bigint(r -> r.stored().offset())
              .text(r -> r.message().id())
              .flag(r -> r.stream().kind() != StreamKey.Kind.USER)
              .text(r -> r.message().publication())
              .text(r -> r.message().recipients().device().orElse(null))
              .uuid(r -> r.message().recipients().session().orElse(null))
              .text(r -> r.message().recipients().selector().orElse(null))
              .text(r -> r.message().expected().name())
              .text(r -> r.message().type())
              .text(r -> r.message().contentType())
              .bytes(r -> r.message().payload())
              .text(r -> r.message().key().orElse(null))
              .integer(r -> r.message().priority())
              .time(r -> r.message().publishedAt())
              .time(r -> r.message().expiresAt().orElse(null))
              .text(r -> r.message().replyTo().map(ReplyAddress::destination).orElse(null))
              .text(r -> r.message().replyTo().map(ReplyAddress::correlationId).orElse(null))
              .next();
      insert.setObject(next, Columns.parameter(at));
      insert.executeUpdate();
    }
    StepStatements.insert(
        connection,
        rows.stream()
            .map(
                r -> new Entry(step(r, DeliveryStep.Kind.STORED, at, ""), r.message().type(), null))
            .toList());
    return rows;
  }

  /** The rows are locked. */
  private void renew(List<Renewal> renewals) throws SQLException {
    if (renewals.isEmpty()) {
      return;
    }
    // The last one of a message in this batch is the newest; one update takes a row once only.
    Map<MessageRow, Renewal> newest = new LinkedHashMap<>();
    renewals.forEach(renewal -> newest.put(renewal.first(), renewal));
    try (PreparedStatement update = connection.prepareStatement(RENEW)) {
      new Columns<>(update, List.copyOf(newest.values()))
          .bigint(r -> r.first().streamId())
          .bigint(r -> r.first().stored().offset())
          .text(r -> r.again().publication())
          .text(r -> r.again().replyTo().map(ReplyAddress::destination).orElse(null))
          .text(r -> r.again().replyTo().map(ReplyAddress::correlationId).orElse(null));
      update.executeUpdate();
    }
    Instant at = Instant.now();
    StepStatements.insert(
        connection,
        renewals.stream()
            .map(
                r ->
                    new Entry(
                        step(
                            r.first(),
                            DeliveryStep.Kind.DUPLICATE,
                            at,
                            "published again as " + r.again().publication()),
                        null,
                        null))
            .toList());
  }

  private DeliveryStep step(MessageRow row, DeliveryStep.Kind kind, Instant at, String detail) {
    StreamKey stream = row.stream();
    return new DeliveryStep(
        stream,
        row.stored().epoch(),
        row.stored().offset(),
        row.message().id(),
        kind,
        at,
        node,
        Optional.empty(),
        stream.kind() == StreamKey.Kind.USER ? Optional.of(stream.name()) : Optional.empty(),
        Optional.empty(),
        0,
        detail);
  }

  private Locked stream(NewMessage message) {
    return Objects.requireNonNull(
        streams.get(StreamStatements.stored(message.stream())), "locked stream");
  }

  private Id id(NewMessage message) {
    return new Id(stream(message).id(), DatabaseText.clean(message.id()));
  }
}
