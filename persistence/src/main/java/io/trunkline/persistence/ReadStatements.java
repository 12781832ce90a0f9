package io.trunkline.persistence;

import io.trunkline.persistence.MessageStore.UserPage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions that change nothing. */
final class ReadStatements {
  private static final String FOR_THIS_DEVICE =
      """
      and not m.many and (m.expires_at is null or m.expires_at > statement_timestamp())
      and (m.device is null or m.device = q.device)
      and (m.session_id is null or m.session_id = q.session_id)
      """;

  // By what the database knows, not by what else is in the page: a node that dies takes along what
  // it had decided, and the next one reads other pages.
  private static final String NEWER =
      """
      case when m.state = 'PENDING' and m.conflation_key is not null then
        (select max(n."offset") from trunkline.message n
         where n.stream_id = m.stream_id and n.conflation_key = m.conflation_key
           and n."offset" > m."offset" and not n.many
           and n.device is not distinct from m.device
           and n.session_id is not distinct from m.session_id
           and (n.state in ('DELIVERED', 'REPLIED') or n.state = 'PENDING'
             and (n.expires_at is null or n.expires_at > statement_timestamp())))
      end as newer
      """;

  // Two ranges, each in the order of its index and cut off at the limit: what is pending, however
  // much history there is, and history from the last offset that the device has.
  private static final String PAGES =
      """
      select q.ord, %s, %s
      from unnest(?, ?, ?, ?, ?, ?) with ordinality
        as q(usr, device, session_id, after, seen, most, ord)
      join trunkline.stream s on s.kind = 'USER' and s.name = q.usr
      cross join lateral (
        (select m.* from trunkline.message m
         where m.stream_id = s.id and m."offset" > q.after and m.state = 'PENDING' %s
         order by m."offset" limit q.most)
        union all
        (select m.* from trunkline.message m
         where m.stream_id = s.id and m."offset" > greatest(q.after, q.seen)
           and m.state in ('DELIVERED', 'REPLIED') and m.settled_device <> q.device %s
         order by m."offset" limit q.most)
        order by "offset" limit q.most
      ) m
      order by q.ord, m."offset"
      """
          .formatted(MessageRow.WITH_PAYLOAD, NEWER, FOR_THIS_DEVICE, FOR_THIS_DEVICE);

  private static final String STREAM =
      """
      select %s from trunkline.stream s
      join trunkline.message m on m.stream_id = s.id
      where s.kind = ? and s.name = ? and m."offset" > ?
        and (m.expires_at is null or m.expires_at > statement_timestamp())
      order by m."offset"
      limit ?
      """
          .formatted(MessageRow.WITH_PAYLOAD);

  private static final String PENDING =
      """
      select s.name, count(*) as messages
      from unnest(?) as q(usr)
      join trunkline.stream s on s.kind = 'USER' and s.name = q.usr
      join trunkline.message m on m.stream_id = s.id and m.state = 'PENDING' and not m.many
      where m.expires_at is null or m.expires_at > statement_timestamp()
      group by s.name
      """;

  private static final String BY_ID =
      """
      select %s from trunkline.message m join trunkline.stream s on s.id = m.stream_id
      where m.message_id = ?
      order by m.stored_at, m.stream_id
      limit 100
      """
          .formatted(MessageRow.WITH_PAYLOAD);

  private static final String DEAD =
      """
      from trunkline.message m join trunkline.stream s on s.id = m.stream_id
      where m.state = 'DEAD' and (?::text is null or s.kind = 'USER' and s.name = ?)
      """;

  private static final String LIST_DEAD =
      "select %s ".formatted(MessageRow.WITH_PAYLOAD)
          + DEAD
          + " order by m.settled_at desc, m.stream_id, m.\"offset\" desc offset ? limit ?";

  private static final String COUNT_DEAD = "select count(*) " + DEAD;

  private ReadStatements() {}

  static List<List<StoredMessage>> pages(Connection connection, List<UserPage> questions)
      throws SQLException {
    List<List<StoredMessage>> pages = new ArrayList<>();
    questions.forEach(_ -> pages.add(new ArrayList<>()));
    try (PreparedStatement query = connection.prepareStatement(PAGES)) {
      new Columns<>(query, questions)
          .text(UserPage::user)
          .text(UserPage::device)
          .uuid(UserPage::session)
          .bigint(UserPage::after)
          .bigint(UserPage::seen)
          .bigint(UserPage::limit);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          pages
              .get(row.getInt("ord") - 1)
              .add(MessageRow.of(row).stored().withNewer(row.getLong("newer"))); // null is 0
        }
      }
    }
    return pages;
  }

  static List<StoredMessage> stream(Connection connection, StreamKey stream, long after, int limit)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(STREAM)) {
      query.setString(1, stream.kind().name());
      query.setString(2, DatabaseText.clean(stream.name()));
      query.setLong(3, after);
      query.setInt(4, limit);
      return MessageRow.stored(query);
    }
  }

  static Map<String, Integer> pending(Connection connection, List<String> users)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(PENDING)) {
      new Columns<>(query, users).text(user -> user);
      Map<String, Integer> pending = new HashMap<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          pending.put(row.getString("name"), row.getInt("messages"));
        }
      }
      return pending;
    }
  }

  static List<StoredMessage> byId(Connection connection, String messageId) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(BY_ID)) {
      query.setString(1, DatabaseText.clean(messageId));
      return MessageRow.stored(query);
    }
  }

  static List<StoredMessage> dead(
      Connection connection, Optional<String> user, int offset, int limit) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LIST_DEAD)) {
      ofUser(query, user);
      query.setInt(3, offset);
      query.setInt(4, limit);
      return MessageRow.stored(query);
    }
  }

  static long countDead(Connection connection, Optional<String> user) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(COUNT_DEAD)) {
      ofUser(query, user);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  private static void ofUser(PreparedStatement query, Optional<String> user) throws SQLException {
    String name = user.map(DatabaseText::clean).orElse(null);
    query.setString(1, name);
    query.setString(2, name);
  }
}
