package io.trunkline.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives up history. Finds first, without locks; then locks the streams, as a store does, and
 * deletes what still is as it was found.
 */
final class PruneStatements {
  private static final String OLD_OF_USERS =
      """
      select m.stream_id, m."offset" from trunkline.message m
      where m.state <> 'PENDING' and not m.many
        and m.settled_at < statement_timestamp() - ? * interval '1 millisecond'
      order by m.settled_at
      limit ?
      """;

  // An open summary is waited for: what it counts must not go before.
  private static final String OLD_OF_MANY =
      """
      select m.stream_id, m."offset" from trunkline.stream s
      cross join lateral (
        select m.stream_id, m."offset" from trunkline.message m
        where m.stream_id = s.id
          and (m."offset" <= s.last_offset - ?
            or m.stored_at < statement_timestamp() - ? * interval '1 millisecond')
          and (m.state <> 'PENDING' or m.reply_to is null)
        order by m."offset"
        limit ?
      ) m
      where s.kind in ('TOPIC', 'BROADCAST')
      limit ?
      """;

  private static final String LOCK_STREAMS =
      """
      select s.id from trunkline.stream s where s.id = any(?)
      order by s.kind, s.name
      for no key update of s
      """;

  // Somebody can miss what was delivered to one device and was meant for others too, and what was
  // for many; not what was never delivered, and not what has expired since.
  private static final String DELETE =
      """
      with gone as (
        delete from trunkline.message m using unnest(?, ?) as k(stream_id, "offset")
        where m.stream_id = k.stream_id and m."offset" = k."offset"
          and (m.state <> 'PENDING' or m.many and m.reply_to is null)
        returning m.stream_id, m."offset",
          (m.many or m.state in ('DELIVERED', 'REPLIED') and m.device is null
            and m.session_id is null)
          and (m.expires_at is null or m.expires_at > statement_timestamp()) as missed
      ), recipients as (
        delete from trunkline.recipient r using gone
        where r.stream_id = gone.stream_id and r."offset" = gone."offset"
      ), raised as (
        update trunkline.stream s set pruned_offset = g.pruned
        from (select stream_id, max("offset") as pruned from gone where missed group by stream_id) g
        where s.id = g.stream_id and s.pruned_offset < g.pruned
      )
      select count(*) from gone
      """;

  // What was settled at the very moment at which its message went.
  private static final String LEFT_OVER =
      """
      delete from trunkline.recipient r using trunkline.stream s
      where s.id = any(?) and r.stream_id = s.id and r."offset" <= s.pruned_offset
        and not exists (select from trunkline.message m
          where m.stream_id = r.stream_id and m."offset" = r."offset")
      """;

  private PruneStatements() {}

  static int prune(
      Connection connection, Duration userHistory, Duration manyHistory, int manyCount, int limit)
      throws SQLException {
    List<MessageRow.Place> old = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(OLD_OF_USERS)) {
      query.setLong(1, userHistory.toMillis());
      query.setInt(2, limit);
      old.addAll(places(query));
    }
    if (old.size() < limit) {
      try (PreparedStatement query = connection.prepareStatement(OLD_OF_MANY)) {
        query.setInt(1, manyCount);
        query.setLong(2, manyHistory.toMillis());
        query.setInt(3, limit - old.size());
        query.setInt(4, limit - old.size());
        old.addAll(places(query));
      }
    }
    return old.isEmpty() ? 0 : delete(connection, old);
  }

  private static int delete(Connection connection, List<MessageRow.Place> old) throws SQLException {
    List<Long> streams = old.stream().map(MessageRow.Place::streamId).distinct().toList();
    try (PreparedStatement lock = connection.prepareStatement(LOCK_STREAMS)) {
      new Columns<>(lock, streams).bigint(id -> id);
      lock.execute();
    }
    int gone;
    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
      new Columns<>(delete, old)
          .bigint(MessageRow.Place::streamId)
          .bigint(MessageRow.Place::offset);
      try (ResultSet row = delete.executeQuery()) {
        gone = row.next() ? row.getInt(1) : 0;
      }
    }
    try (PreparedStatement delete = connection.prepareStatement(LEFT_OVER)) {
      new Columns<>(delete, streams).bigint(id -> id);
      delete.executeUpdate();
    }
    return gone;
  }

  private static List<MessageRow.Place> places(PreparedStatement query) throws SQLException {
    List<MessageRow.Place> places = new ArrayList<>();
    try (ResultSet row = query.executeQuery()) {
      while (row.next()) {
        places.add(new MessageRow.Place(row.getLong("stream_id"), row.getLong("offset")));
      }
    }
    return places;
  }
}
