package io.trunkline.persistence;

import io.trunkline.persistence.MessageRow.Place;
import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.Rulings.Ruling;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One call of {@link MessageStore#settle}. */
final class SettleStatements {
  /** Stands for the gateway among the recipients of a message for many. */
  static final UUID NO_SESSION = new UUID(0, 0);

  private static final String FIND =
      "select %s, k.ord from unnest(?, ?, ?, ?, ?) with ordinality"
              .formatted(MessageRow.WITHOUT_PAYLOAD)
          + " as k(kind, name, epoch, place, message_id, ord)"
          + " join trunkline.stream s on s.kind = k.kind and s.name = k.name and s.epoch = k.epoch"
          + " join trunkline.message m on m.stream_id = s.id and m.\"offset\" = k.place"
          + " and (k.message_id is null or m.message_id = k.message_id)"
          + " order by m.stream_id, m.\"offset\"";

  private static final String LOCK = FIND + " for update of m";

  // A row is made by the first settlement, or by the first attempt in vain.
  private static final String RECIPIENTS =
      """
      insert into trunkline.recipient as r (stream_id, "offset", session_id, attempts, outcome)
      select stream_id, "offset", session_id, 0, outcome
      from unnest(?, ?, ?, ?) as k(stream_id, "offset", session_id, outcome)
      order by stream_id, "offset", session_id
      on conflict (stream_id, "offset", session_id) do update set outcome = excluded.outcome
        where r.outcome = 'PENDING'
      returning stream_id, "offset", session_id
      """;

  private SettleStatements() {}

  /** What names a message from outside; the id is null where the caller does not know it. */
  record Address(StreamKey stream, long epoch, long offset, @Nullable String messageId) {
    static Address of(Settlement settlement) {
      return new Address(
          settlement.stream(), settlement.epoch(), settlement.offset(), settlement.messageId());
    }
  }

  /** One recipient of one message for many. */
  record Recipient(Place place, UUID session) {}

  static SettleResult settle(Connection connection, List<Settlement> batch, ReceiptWriter writer)
      throws SQLException {
    Settled.Outcome[] outcomes = new Settled.Outcome[batch.size()];
    Arrays.fill(outcomes, Settled.Outcome.UNKNOWN);
    List<StoredReceipt> receipts = new ArrayList<>();
    receipts.addAll(ofUsers(connection, batch, outcomes, writer));
    receipts.addAll(ofMany(connection, batch, outcomes, writer));
    List<Settled> settled = new ArrayList<>();
    for (int i = 0; i < outcomes.length; i++) {
      settled.add(new Settled(batch.get(i), outcomes[i]));
    }
    return new SettleResult(settled, receipts);
  }

  private static List<StoredReceipt> ofUsers(
      Connection connection,
      List<Settlement> batch,
      Settled.Outcome[] outcomes,
      ReceiptWriter writer)
      throws SQLException {
    List<Integer> mine = indexes(batch, true);
    Map<Integer, MessageRow> rows =
        find(connection, mine.stream().map(i -> Address.of(batch.get(i))).toList(), true);
    List<Ruling> rulings = new ArrayList<>();
    Set<Place> decided = new HashSet<>();
    for (int k = 0; k < mine.size(); k++) {
      int i = mine.get(k);
      MessageRow row = rows.get(k);
      if (row == null || !isRecipient(row, batch.get(i))) {
        continue;
      }
      if (row.stored().state() == MessageState.PENDING && decided.add(row.place())) {
        rulings.add(new Ruling(row, batch.get(i)));
        outcomes[i] = Settled.Outcome.APPLIED;
      } else {
        outcomes[i] = Settled.Outcome.ALREADY;
      }
    }
    return Rulings.apply(connection, rulings, writer).receipts();
  }

  private static List<StoredReceipt> ofMany(
      Connection connection,
      List<Settlement> batch,
      Settled.Outcome[] outcomes,
      ReceiptWriter writer)
      throws SQLException {
    List<Integer> mine = indexes(batch, false);
    Map<Integer, MessageRow> rows =
        find(connection, mine.stream().map(i -> Address.of(batch.get(i))).toList(), false);
    Map<Recipient, Integer> first = new HashMap<>();
    for (int k = 0; k < mine.size(); k++) {
      int i = mine.get(k);
      MessageRow row = rows.get(k);
      if (row != null) {
        outcomes[i] = Settled.Outcome.ALREADY;
        first.putIfAbsent(new Recipient(row.place(), batch.get(i).session().orElse(NO_SESSION)), k);
      }
    }
    List<Ruling> rulings = new ArrayList<>();
    for (Recipient applied : firstOutcomes(connection, batch, mine, first)) {
      int k = Objects.requireNonNull(first.get(applied), "recipient");
      int i = mine.get(k);
      outcomes[i] = Settled.Outcome.APPLIED;
      rulings.add(new Ruling(Objects.requireNonNull(rows.get(k), "row"), batch.get(i)));
    }
    return Rulings.witness(connection, rulings, writer).receipts();
  }

  private static List<Recipient> firstOutcomes(
      Connection connection,
      List<Settlement> batch,
      List<Integer> mine,
      Map<Recipient, Integer> first)
      throws SQLException {
    List<Recipient> applied = new ArrayList<>();
    if (first.isEmpty()) {
      return applied;
    }
    try (PreparedStatement insert = connection.prepareStatement(RECIPIENTS)) {
      new Columns<>(insert, List.copyOf(first.entrySet()))
          .bigint(e -> e.getKey().place().streamId())
          .bigint(e -> e.getKey().place().offset())
          .uuid(e -> e.getKey().session())
          .text(e -> batch.get(mine.get(e.getValue())).outcome().name());
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          applied.add(
              new Recipient(
                  new Place(row.getLong("stream_id"), row.getLong("offset")),
                  row.getObject("session_id", UUID.class)));
        }
      }
    }
    return applied;
  }

  private static List<Integer> indexes(List<Settlement> batch, boolean ofUsers) {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      if ((batch.get(i).stream().kind() == StreamKey.Kind.USER) == ofUsers) {
        indexes.add(i);
      }
    }
    return indexes;
  }

  private static boolean isRecipient(MessageRow row, Settlement settlement) {
    Recipients recipients = row.message().recipients();
    return settlement.user().map(user -> user.equals(settlement.stream().name())).orElse(true)
        && (recipients.device().isEmpty()
            || settlement.device().isEmpty()
            || recipients.device().equals(settlement.device().map(DatabaseText::clean)))
        && (recipients.session().isEmpty()
            || settlement.session().isEmpty()
            || recipients.session().equals(settlement.session()));
  }

  /**
   * The messages of these addresses, by their place in the list.
   *
   * @param lock holds them until the end of the transaction
   */
  static Map<Integer, MessageRow> find(Connection connection, List<Address> addresses, boolean lock)
      throws SQLException {
    Map<Integer, MessageRow> rows = new HashMap<>();
    if (addresses.isEmpty()) {
      return rows;
    }
    try (PreparedStatement query = connection.prepareStatement(lock ? LOCK : FIND)) {
      new Columns<>(query, addresses)
          .text(a -> a.stream().kind().name())
          .text(a -> a.stream().name())
          .bigint(Address::epoch)
          .bigint(Address::offset)
          .text(Address::messageId);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          rows.put(row.getInt("ord") - 1, MessageRow.of(row));
        }
      }
    }
    return rows;
  }
}
