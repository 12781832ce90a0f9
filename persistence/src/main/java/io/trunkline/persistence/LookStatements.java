package io.trunkline.persistence;

import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.Rulings.Ruling;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What nodes look for from time to time. Rows that another node has just locked are skipped, so
 * several may look at once.
 */
final class LookStatements {
  /**
   * A session is recorded a little after it began, later if the database was away; so long nobody
   * is taken for absent.
   */
  private static final String RECORDED_BY_NOW = "interval '1 minute'";

  private static final String EXPIRED =
      """
      select %s from trunkline.message m join trunkline.stream s on s.id = m.stream_id
      where m.state = 'PENDING' and not m.many and m.expires_at <= statement_timestamp()
      order by m.expires_at
      limit ?
      for update of m skip locked
      """
          .formatted(MessageRow.WITHOUT_PAYLOAD);

  private static final String SESSION_OVER =
      """
      select %s from trunkline.message m join trunkline.stream s on s.id = m.stream_id
      where m.state = 'PENDING' and not m.many and m.session_id is not null
        and not exists (select from trunkline.live_session l where l.id = m.session_id)
        and (m.stored_at < statement_timestamp() - %s
          or exists (select from trunkline.session_history h where h.id = m.session_id))
      limit ?
      for update of m skip locked
      """
          .formatted(MessageRow.WITHOUT_PAYLOAD, RECORDED_BY_NOW);

  // "here" is null for a user who is connected to no living node. Sessions of a dead node do not
  // count, those of a node that has no lease yet do.
  private static final String OVERDUE =
      """
      with due as materialized (
        select m.stream_id, m."offset", s.name, l.here
        from trunkline.message m
        join trunkline.stream s on s.id = m.stream_id
        left join lateral (
          select bool_or(l.node_id = ?) as here
          from trunkline.live_session l
          left join trunkline.node n on n.id = l.node_id
          where l.user_id = s.name and l.state = 'ACTIVE'
            and (l.node_id = ? or coalesce(n.lease_until > statement_timestamp(), true))
        ) l on true
        where m.state = 'PENDING' and not m.many
          and m.next_look_at < statement_timestamp() - ? * interval '1 millisecond'
          and l.here is distinct from false
        order by m.next_look_at
        limit ?
        for update of m skip locked
      )
      update trunkline.message m
      set next_look_at = case
        when due.here is null and m.stored_at < statement_timestamp() - %s then null
        else statement_timestamp() + (? - ?) * interval '1 millisecond' end
      from due where m.stream_id = due.stream_id and m."offset" = due."offset"
      returning due.name, due.here
      """
          .formatted(RECORDED_BY_NOW);

  private LookStatements() {}

  static SettleResult sweep(Connection connection, String node, int limit, ReceiptWriter writer)
      throws SQLException {
    Instant at = Instant.now();
    List<Ruling> rulings = new ArrayList<>();
    for (MessageRow row : locked(connection, EXPIRED, limit)) {
      rulings.add(
          new Ruling(
              row, Rulings.ofGateway(row, MessageState.EXPIRED, node, at, "its time was up")));
    }
    if (rulings.size() < limit) {
      Set<MessageRow.Place> expired = new LinkedHashSet<>();
      rulings.forEach(ruling -> expired.add(ruling.row().place()));
      for (MessageRow row : locked(connection, SESSION_OVER, limit - rulings.size())) {
        if (!expired.contains(row.place())) {
          rulings.add(
              new Ruling(
                  row,
                  Rulings.ofGateway(row, MessageState.FAILED, node, at, "its session is over")));
        }
      }
    }
    return Rulings.apply(connection, rulings, writer);
  }

  private static List<MessageRow> locked(Connection connection, String sql, int limit)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setInt(1, limit);
      return MessageRow.list(query);
    }
  }

  static List<String> overdue(
      Connection connection, String node, Duration after, Duration again, int limit)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(OVERDUE)) {
      query.setString(1, node);
      query.setString(2, node);
      query.setLong(3, after.toMillis());
      query.setInt(4, limit);
      query.setLong(5, again.toMillis());
      query.setLong(6, after.toMillis());
      Set<String> users = new LinkedHashSet<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          if (row.getBoolean("here")) {
            users.add(row.getString("name"));
          }
        }
      }
      return List.copyOf(users);
    }
  }
}
