package io.trunkline.persistence;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.query.CommonQueryContract;

final class JpaSessionDirectory implements SessionDirectory {
  private static final JsonMapper JSON = new JsonMapper();

  /** Two looks into two indexes; the rows' attributes, which may be long, are not read. */
  private static final String PLACES =
      """
      select id, user_id, device_id, node_id, state = 'ACTIVE' connected
        from trunkline.live_session where user_id = any(:users)
      union
      select id, user_id, device_id, node_id, state = 'ACTIVE' connected
        from trunkline.live_session where id = any(cast(:sessions as uuid[]))
      """;

  private final Orm orm;

  JpaSessionDirectory(Orm orm) {
    this.orm = orm;
  }

  @Override
  public SessionPage page(
      SessionFilter filter, SessionSort sort, Optional<String> cursor, int limit) {
    checkLimit(limit);
    Conditions conditions = new Conditions(filter);
    cursor.ifPresent(text -> conditions.after(SessionCursor.decode(text, sort)));
    List<SessionRow> rows = select(conditions, sort, 0, limit + 1);
    if (rows.size() <= limit) {
      return new SessionPage(rows, Optional.empty());
    }
    List<SessionRow> shown = rows.subList(0, limit);
    return new SessionPage(shown, Optional.of(SessionCursor.after(shown.getLast(), sort).encode()));
  }

  @Override
  public List<SessionRow> window(SessionFilter filter, SessionSort sort, int offset, int limit) {
    checkLimit(limit);
    return select(new Conditions(filter), sort, offset, limit);
  }

  @Override
  public long count(SessionFilter filter) {
    Conditions conditions = new Conditions(filter);
    return orm.sessions()
        .fromStatelessSession(
            session -> {
              var query =
                  session.createSelectionQuery(
                      "select count(*) from LiveSession s" + conditions.where(), Long.class);
              conditions.bind(query);
              return query.getSingleResult();
            });
  }

  @Override
  public Optional<SessionRow> find(UUID id) {
    return orm.sessions()
        .fromStatelessSession(
            session ->
                Optional.ofNullable(session.get(LiveSession.class, id)).map(LiveSession::toRow));
  }

  @Override
  public List<SessionRow> ofUsers(List<String> users) {
    if (users.isEmpty()) {
      return List.of();
    }
    // One array, not one parameter for each: a statement takes 65,535 parameters at the most.
    return orm.sessions()
        .fromStatelessSession(
            session ->
                session
                    .createNativeQuery(
                        "select * from trunkline.live_session where user_id = any(:users)"
                            + " order by user_id, id",
                        LiveSession.class)
                    .setParameter(
                        "users", users.stream().map(DatabaseText::clean).toArray(String[]::new))
                    .getResultStream()
                    .map(LiveSession::toRow)
                    .toList());
  }

  @Override
  public List<SessionPlace> places(Collection<String> users, Collection<UUID> sessions) {
    if (users.isEmpty() && sessions.isEmpty()) {
      return List.of();
    }
    return orm.sessions()
        .fromStatelessSession(
            session ->
                session
                    .createNativeQuery(PLACES, Object[].class)
                    .setParameter(
                        "users", users.stream().map(DatabaseText::clean).toArray(String[]::new))
                    .setParameter(
                        "sessions", sessions.stream().map(UUID::toString).toArray(String[]::new))
                    .addScalar("id", UUID.class)
                    .addScalar("user_id", String.class)
                    .addScalar("device_id", String.class)
                    .addScalar("node_id", String.class)
                    .addScalar("connected", Boolean.class)
                    .getResultStream()
                    .map(
                        row ->
                            new SessionPlace(
                                (UUID) row[0],
                                (String) row[1],
                                (String) row[2],
                                (String) row[3],
                                (Boolean) row[4]))
                    .toList());
  }

  private List<SessionRow> select(Conditions conditions, SessionSort sort, int offset, int limit) {
    String direction = sort.descending() ? " desc" : " asc";
    String hql =
        "from LiveSession s%s order by %s%s, s.id%s"
            .formatted(conditions.where(), column(sort), direction, direction);
    return orm.sessions()
        .fromStatelessSession(
            session -> {
              var query = session.createSelectionQuery(hql, LiveSession.class);
              conditions.bind(query);
              return query
                  .setFirstResult(offset)
                  .setMaxResults(limit)
                  .getResultStream()
                  .map(LiveSession::toRow)
                  .toList();
            });
  }

  private static void checkLimit(int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          "The limit is %d; it must be from 1 to %d.".formatted(limit, MAX_PAGE));
    }
  }

  private static String column(SessionSort sort) {
    return switch (sort.by()) {
      case USER -> "s.userId";
      case STARTED_AT -> "s.startedAt";
      case NODE -> "s.nodeId";
      case CLIENT -> "s.clientName";
      case REMOTE_ADDRESS -> "s.remoteAddress";
    };
  }

  private static String json(Map<String, String> attributes) {
    var object = JSON.createObjectNode();
    attributes.forEach(
        (name, value) -> object.put(DatabaseText.clean(name), DatabaseText.clean(value)));
    return object.toString();
  }

  /** The filter and the place in the list, as HQL with its parameters. */
  private static final class Conditions {
    private final StringBuilder where = new StringBuilder();
    private final Map<String, Object> parameters = new HashMap<>();

    Conditions(SessionFilter filter) {
      filter
          .userPrefix()
          .ifPresent(p -> and("s.userId like :prefix escape '!'", "prefix", startingWith(p)));
      filter.user().ifPresent(u -> and("s.userId = :user", "user", DatabaseText.clean(u)));
      filter.node().ifPresent(n -> and("s.nodeId = :node", "node", DatabaseText.clean(n)));
      filter.state().ifPresent(s -> and("s.state = :state", "state", DatabaseText.clean(s)));
      if (!filter.attributes().isEmpty()) {
        and(
            "cast(sql('(? @> cast(? as jsonb))', s.attributes, :attributes) as Boolean) = true",
            "attributes",
            json(filter.attributes()));
      }
    }

    void after(SessionCursor cursor) {
      String than = cursor.sort().descending() ? "<" : ">";
      and(
          "(%s, s.id) %s (:value, :id)".formatted(column(cursor.sort()), than),
          "value",
          cursor.value());
      parameters.put("id", cursor.id());
    }

    private void and(String condition, String parameter, Object value) {
      where.append(where.isEmpty() ? " where " : " and ").append(condition);
      parameters.put(parameter, value);
    }

    private static String startingWith(String prefix) {
      return DatabaseText.clean(prefix).replace("!", "!!").replace("%", "!%").replace("_", "!_")
          + "%";
    }

    String where() {
      return where.toString();
    }

    void bind(CommonQueryContract query) {
      parameters.forEach(query::setParameter);
    }
  }
}
