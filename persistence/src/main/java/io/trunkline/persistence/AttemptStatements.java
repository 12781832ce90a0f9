package io.trunkline.persistence;

import io.trunkline.persistence.MessageRow.Place;
import io.trunkline.persistence.MessageStore.Attempt;
import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.Rulings.Ruling;
import io.trunkline.persistence.SettleStatements.Address;
import io.trunkline.persistence.SettleStatements.Recipient;
import io.trunkline.persistence.StepStatements.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** One call of {@link MessageStore#attemptsFailed}. */
final class AttemptStatements {
  private static final String COUNT =
      """
      update trunkline.message m set attempts = r.attempts
      from unnest(?, ?, ?) as r(stream_id, "offset", attempts)
      where m.stream_id = r.stream_id and m."offset" = r."offset"
      """;

  // A recipient who has answered is not counted on and not returned.
  private static final String COUNT_RECIPIENTS =
      """
      insert into trunkline.recipient as r (stream_id, "offset", session_id, attempts, outcome)
      select stream_id, "offset", session_id, attempts,
        case when attempts >= t.max then 'DEAD' else 'PENDING' end
      from unnest(?, ?, ?, ?) as k(stream_id, "offset", session_id, attempts), (select ? as max) t
      order by stream_id, "offset", session_id
      on conflict (stream_id, "offset", session_id) do update
        set attempts = r.attempts + excluded.attempts,
          outcome = case when r.attempts + excluded.attempts >= ? then 'DEAD' else 'PENDING' end
        where r.outcome = 'PENDING'
      returning stream_id, "offset", session_id, attempts
      """;

  private final Connection connection;
  private final int maxAttempts;
  private final List<Entry> steps = new ArrayList<>();

  private AttemptStatements(Connection connection, int maxAttempts) {
    this.connection = connection;
    this.maxAttempts = maxAttempts;
  }

  static SettleResult fail(
      Connection connection, List<Attempt> attempts, int maxAttempts, ReceiptWriter writer)
      throws SQLException {
    AttemptStatements statements = new AttemptStatements(connection, maxAttempts);
    List<Ruling> ofUsers = statements.ofUsers(of(attempts, true));
    List<Ruling> ofMany = statements.ofMany(of(attempts, false));
    StepStatements.insert(connection, statements.steps);
    SettleResult users = Rulings.apply(connection, ofUsers, writer);
    SettleResult many = Rulings.witness(connection, ofMany, writer);
    return new SettleResult(
        Stream.concat(users.settled().stream(), many.settled().stream()).toList(),
        Stream.concat(users.receipts().stream(), many.receipts().stream()).toList());
  }

  private static List<Attempt> of(List<Attempt> attempts, boolean users) {
    return attempts.stream()
        .filter(attempt -> (attempt.stream().kind() == StreamKey.Kind.USER) == users)
        .toList();
  }

  private List<Ruling> ofUsers(List<Attempt> attempts) throws SQLException {
    Map<Integer, MessageRow> rows = find(attempts, true);
    Map<Place, Integer> counts = new HashMap<>();
    Map<Place, Ruling> dead = new HashMap<>();
    for (int i = 0; i < attempts.size(); i++) {
      MessageRow row = rows.get(i);
      if (row == null
          || row.stored().state() != MessageState.PENDING
          || dead.containsKey(row.place())) {
        continue;
      }
      Attempt attempt = attempts.get(i);
      int count = counts.merge(row.place(), row.stored().attempts() + 1, (a, b) -> a + 1);
      steps.add(unacknowledged(row, attempt, count));
      if (count >= maxAttempts) {
        dead.put(row.place(), new Ruling(row, death(row, attempt, count)));
      }
    }
    List<Map.Entry<Place, Integer>> counted =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.comparingByKey(
                    Comparator.comparingLong(Place::streamId).thenComparingLong(Place::offset)))
            .toList();
    if (!counted.isEmpty()) {
      try (PreparedStatement update = connection.prepareStatement(COUNT)) {
        new Columns<>(update, counted)
            .bigint(e -> e.getKey().streamId())
            .bigint(e -> e.getKey().offset())
            .integer(Map.Entry::getValue);
        update.executeUpdate();
      }
    }
    return List.copyOf(dead.values());
  }

  private List<Ruling> ofMany(List<Attempt> attempts) throws SQLException {
    Map<Integer, MessageRow> rows = find(attempts, false);
    Map<Recipient, List<Integer>> byRecipient = new HashMap<>();
    rows.forEach(
        (i, row) ->
            byRecipient
                .computeIfAbsent(
                    new Recipient(row.place(), attempts.get(i).session()), _ -> new ArrayList<>())
                .add(i));
    List<Ruling> dead = new ArrayList<>();
    for (Map.Entry<Recipient, Integer> counted : count(byRecipient).entrySet()) {
      List<Integer> indexes = Objects.requireNonNull(byRecipient.get(counted.getKey()), "indexes");
      int count = counted.getValue() - indexes.size();
      for (int i : indexes) {
        steps.add(
            unacknowledged(Objects.requireNonNull(rows.get(i), "row"), attempts.get(i), ++count));
      }
      if (count >= maxAttempts) {
        MessageRow row = Objects.requireNonNull(rows.get(indexes.getLast()), "row");
        dead.add(new Ruling(row, death(row, attempts.get(indexes.getLast()), count)));
      }
    }
    return dead;
  }

  private Map<Recipient, Integer> count(Map<Recipient, List<Integer>> byRecipient)
      throws SQLException {
    Map<Recipient, Integer> counts = new HashMap<>();
    if (byRecipient.isEmpty()) {
      return counts;
    }
    try (PreparedStatement insert = connection.prepareStatement(COUNT_RECIPIENTS)) {
      int next =
          new Columns<>(insert, List.copyOf(byRecipient.entrySet()))
              .bigint(e -> e.getKey().place().streamId())
              .bigint(e -> e.getKey().place().offset())
              .uuid(e -> e.getKey().session())
              .integer(e -> e.getValue().size())
              .next();
      insert.setInt(next, maxAttempts);
      insert.setInt(next + 1, maxAttempts);
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          counts.put(
              new Recipient(
                  new Place(row.getLong("stream_id"), row.getLong("offset")),
                  row.getObject("session_id", UUID.class)),
              row.getInt("attempts"));
        }
      }
    }
    return counts;
  }

  private Map<Integer, MessageRow> find(List<Attempt> attempts, boolean lock) throws SQLException {
    return SettleStatements.find(
        connection,
        attempts.stream().map(a -> new Address(a.stream(), a.epoch(), a.offset(), null)).toList(),
        lock);
  }

  private static Entry unacknowledged(MessageRow row, Attempt attempt, int count) {
    return new Entry(
        new DeliveryStep(
            attempt.stream(),
            attempt.epoch(),
            attempt.offset(),
            row.message().id(),
            DeliveryStep.Kind.UNACKNOWLEDGED,
            attempt.at(),
            attempt.node(),
            Optional.of(attempt.session()),
            user(attempt),
            Optional.of(attempt.device()),
            count,
            attempt.detail()),
        null,
        null);
  }

  private static Settlement death(MessageRow row, Attempt attempt, int count) {
    boolean ofUser = row.stream().kind() == StreamKey.Kind.USER;
    return new Settlement(
        attempt.stream(),
        attempt.epoch(),
        attempt.offset(),
        row.message().id(),
        MessageState.DEAD,
        ofUser ? Optional.empty() : Optional.of(attempt.session()),
        user(attempt),
        ofUser ? Optional.empty() : Optional.of(attempt.device()),
        attempt.node(),
        attempt.at(),
        "not acknowledged after %d attempts".formatted(count),
        Optional.empty());
  }

  private static Optional<String> user(Attempt attempt) {
    return attempt.stream().kind() == StreamKey.Kind.USER
        ? Optional.of(attempt.stream().name())
        : Optional.empty();
  }
}
