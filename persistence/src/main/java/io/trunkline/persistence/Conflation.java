package io.trunkline.persistence;

import io.trunkline.persistence.MessageRow.Place;
import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.Rulings.Ruling;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** While a user is away, only the newest message of a key is kept. */
final class Conflation {
  // What is too late when it comes, perhaps after newer ones, is shown to nobody and leaves the
  // others where they are.
  private static final String OLDER =
      """
      select m.stream_id, m."offset", k.ord
      from unnest(?, ?, ?, ?, ?, ?) with ordinality
        as k(stream_id, "offset", conflation_key, device, session_id, expires_at, ord)
      join trunkline.message m on m.stream_id = k.stream_id
        and m.conflation_key = k.conflation_key and m.state = 'PENDING' and not m.many
        and m."offset" < k."offset" and m.next_look_at is null
        and m.device is not distinct from k.device
        and m.session_id is not distinct from k.session_id
        and (m.expires_at is null or m.expires_at > statement_timestamp())
        and (k.expires_at is null or k.expires_at > statement_timestamp())
      join trunkline.stream s on s.id = m.stream_id
      where not exists (select from trunkline.live_session l
        where l.user_id = s.name and l.state = 'ACTIVE')
      order by k.ord
      """;

  private static final String LOCK =
      "select %s from unnest(?, ?) as k(stream_id, place)".formatted(MessageRow.WITHOUT_PAYLOAD)
          + " join trunkline.message m on m.stream_id = k.stream_id and m.\"offset\" = k.place"
          + " join trunkline.stream s on s.id = m.stream_id"
          + " order by m.stream_id, m.\"offset\" for update of m";

  private Conflation() {}

  /**
   * Settles what the new messages take the place of. Locks with it, in the one order, the other
   * rows that the caller wants to change.
   */
  static SettleResult apply(
      Connection connection,
      List<MessageRow> fresh,
      List<MessageRow> others,
      String node,
      ReceiptWriter writer)
      throws SQLException {
    Map<Place, MessageRow> newer = older(connection, fresh);
    Set<Place> places = new LinkedHashSet<>(newer.keySet());
    others.forEach(row -> places.add(row.place()));
    if (places.isEmpty()) {
      return new SettleResult(List.of(), List.of());
    }
    Instant at = Instant.now();
    List<Ruling> rulings =
        lock(connection, List.copyOf(places)).stream()
            .filter(row -> row.stored().state() == MessageState.PENDING)
            .filter(row -> newer.containsKey(row.place()))
            .map(
                row -> {
                  MessageRow by = Objects.requireNonNull(newer.get(row.place()), "newer");
                  return new Ruling(
                      row,
                      Rulings.ofGateway(
                          row,
                          MessageState.CONFLATED,
                          node,
                          at,
                          "message '%s' of the same key took its place"
                              .formatted(by.message().id())));
                })
            .toList();
    return Rulings.apply(connection, rulings, writer);
  }

  /** Messages at rest, with the newest one of their key. */
  private static Map<Place, MessageRow> older(Connection connection, List<MessageRow> fresh)
      throws SQLException {
    List<MessageRow> keyed =
        fresh.stream()
            .filter(row -> row.stream().kind() == StreamKey.Kind.USER)
            .filter(row -> row.message().key().isPresent())
            .toList();
    Map<Place, MessageRow> newer = new HashMap<>();
    if (keyed.isEmpty()) {
      return newer;
    }
    try (PreparedStatement query = connection.prepareStatement(OLDER)) {
      new Columns<>(query, keyed)
          .bigint(MessageRow::streamId)
          .bigint(row -> row.stored().offset())
          .text(row -> row.message().key().orElse(null))
          .text(row -> row.message().recipients().device().orElse(null))
          .uuid(row -> row.message().recipients().session().orElse(null))
          .time(row -> row.message().expiresAt().orElse(null));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          newer.put(
              new Place(row.getLong("stream_id"), row.getLong("offset")),
              keyed.get(row.getInt("ord") - 1));
        }
      }
    }
    return newer;
  }

  private static List<MessageRow> lock(Connection connection, List<Place> places)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LOCK)) {
      new Columns<>(query, places).bigint(Place::streamId).bigint(Place::offset);
      return MessageRow.list(query);
    }
  }
}
