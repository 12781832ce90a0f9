package io.trunkline.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Streams and where they stand. */
final class StreamStatements {
  // In one order, so that two nodes never wait for each other.
  private static final String LOCK =
      """
      select s.id, s.kind, s.name, s.epoch, s.last_offset, s.pruned_offset
      from trunkline.stream s
      join unnest(?, ?) as k(kind, name) on s.kind = k.kind and s.name = k.name
      order by s.kind, s.name
      for no key update of s
      """;

  private static final String CREATE =
      """
      insert into trunkline.stream (kind, name)
      select kind, name from unnest(?, ?) as k(kind, name)
      on conflict (kind, name) do nothing
      """;

  private static final String HEADS =
      """
      select s.id, s.kind, s.name, s.epoch, s.last_offset, s.pruned_offset
      from trunkline.stream s
      join unnest(?, ?) as k(kind, name) on s.kind = k.kind and s.name = k.name
      """;

  private static final String ADVANCE =
      """
      update trunkline.stream s set last_offset = r.last_offset
      from unnest(?, ?) as r(id, last_offset) where s.id = r.id
      returning statement_timestamp() as at
      """;

  private StreamStatements() {}

  /** A stream of which no other transaction can change anything. */
  record Locked(long id, StreamKey key, long epoch, long lastOffset) {}

  static Map<StreamKey, StreamHead> heads(Connection connection, List<StreamKey> streams)
      throws SQLException {
    Map<StreamKey, StreamHead> found = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(HEADS)) {
      keys(query, streams);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.put(
              key(row),
              new StreamHead(
                  row.getLong("epoch"), row.getLong("last_offset"), row.getLong("pruned_offset")));
        }
      }
    }
    Map<StreamKey, StreamHead> heads = new HashMap<>();
    for (StreamKey stream : streams) {
      heads.put(stream, found.getOrDefault(stored(stream), StreamHead.EMPTY));
    }
    return heads;
  }

  /**
   * Makes the streams that do not exist yet and locks all. May commit in between, so it comes first
   * in its transaction.
   */
  static Map<StreamKey, Locked> lock(Connection connection, Collection<StreamKey> streams)
      throws SQLException {
    List<StreamKey> keys =
        streams.stream()
            .map(StreamStatements::stored)
            .distinct()
            .sorted(Comparator.comparing(StreamKey::kind).thenComparing(StreamKey::name))
            .toList();
    Map<StreamKey, Locked> locked = lockExisting(connection, keys);
    if (locked.size() < keys.size()) {
      // In a transaction of their own: an insert after locks would be out of the order of locks.
      connection.rollback();
      List<StreamKey> missing = keys.stream().filter(key -> !locked.containsKey(key)).toList();
      try (PreparedStatement insert = connection.prepareStatement(CREATE)) {
        keys(insert, missing);
        insert.executeUpdate();
      }
      connection.commit();
      return lockExisting(connection, keys);
    }
    return locked;
  }

  private static Map<StreamKey, Locked> lockExisting(Connection connection, List<StreamKey> keys)
      throws SQLException {
    Map<StreamKey, Locked> locked = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(LOCK)) {
      keys(query, keys);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          StreamKey key = key(row);
          locked.put(
              key,
              new Locked(row.getLong("id"), key, row.getLong("epoch"), row.getLong("last_offset")));
        }
      }
    }
    return locked;
  }

  /**
   * Moves the last offsets of locked streams.
   *
   * @return the database's time, which never is before that of an earlier store into these streams
   */
  static Instant advance(Connection connection, Map<Long, Long> lastOffsets) throws SQLException {
    List<Map.Entry<Long, Long>> entries = List.copyOf(lastOffsets.entrySet());
    try (PreparedStatement update = connection.prepareStatement(ADVANCE)) {
      new Columns<>(update, entries).bigint(Map.Entry::getKey).bigint(Map.Entry::getValue);
      try (ResultSet row = update.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the streams are gone");
        }
        return MessageRow.time(row, "at");
      }
    }
  }

  private static void keys(PreparedStatement statement, List<StreamKey> keys) throws SQLException {
    new Columns<>(statement, keys).text(key -> key.kind().name()).text(StreamKey::name);
  }

  private static StreamKey key(ResultSet row) throws SQLException {
    return new StreamKey(StreamKey.Kind.valueOf(row.getString("kind")), row.getString("name"));
  }

  /** The key as the database has it. */
  static StreamKey stored(StreamKey key) {
    String name = DatabaseText.clean(key.name());
    return name.equals(key.name()) ? key : new StreamKey(key.kind(), name);
  }
}
