package io.trunkline.persistence;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.StatelessSession;

final class JpaSessionResumption implements SessionResumption {
  private static final String REQUEST =
      """
      json_to_recordset(cast(:requests as json)) as r(seq int, id uuid, user_id text,
        device_id text, presented text, next text, node_id text, incarnation bigint, transport text,
        remote_address text, client_name text, client_version text, platform text,
        attributes jsonb, at timestamptz)
      """;

  private static final String FILE =
      """
      insert into trunkline.session_history (id, epoch, user_id, device_id, client_name,
        client_version, platform, transport, remote_address, node_id, attributes, started_at,
        ended_at, close_code, close_name, reason, bytes_in, bytes_out, messages_in,
        messages_out, detached_at)
      select id, epoch, user_id, device_id, client_name, client_version, platform, transport,
        remote_address, node_id, attributes, started_at, ended_at, close_code, close_name, reason,
        %s, detached_at
      from gone
      on conflict (id, ended_at) do nothing
      """
          .formatted(LiveSessionSql.KNOWN_TRAFFIC);

  private static final String CLOSED =
      """
      select id, epoch, user_id, device_id, node_id, state = 'ACTIVE' as connected,
        ended_at as at, close_code, close_name, reason
      from gone
      """;

  // The rows are locked in the order of ids before anything is looked at, so that of two nodes the
  // second sees what the first has made of a row. "known": the traffic of the attach before is in
  // the row, or with this node, which adds it.
  private static final String RESUME =
      """
      with r as materialized (
        select *, decode(presented, 'hex') as shown, decode(next, 'hex') as new_hash from %s
      ),
      live as materialized (
        select * from trunkline.live_session where id in (select id from r) order by id for update
      ),
      verdict as materialized (
        select r.*, live.epoch, live.state, live.node_id as holder,
          (%s) or (live.state = 'ACTIVE' and live.node_id = r.node_id) as known,
          case
            when live.id is null or not %s then 'UNKNOWN'
            when live.user_id <> r.user_id or live.device_id <> r.device_id then 'FOREIGN'
            when live.state = 'DETACHED' and live.resumable_until <= now() then 'OVER'
            when live.token_hash = r.shown then 'CURRENT'
            when live.token_retired[1] = r.shown and live.token_previous_until > now()
              then 'PREVIOUS'
            when r.shown = any (live.token_retired) then 'REUSED'
            else 'WRONG_TOKEN'
          end as outcome
        from r left join live on live.id = r.id
      ),
      resumed as (
        update trunkline.live_session s set
          epoch = s.epoch + 1,
          state = 'ACTIVE',
          node_id = v.node_id,
          transport = v.transport,
          remote_address = v.remote_address,
          client_name = v.client_name,
          client_version = v.client_version,
          platform = v.platform,
          attributes = v.attributes,
          attached_at = v.at,
          detached_at = null,
          resumable_until = null,
          lost_code = null,
          lost_name = null,
          lost_reason = null,
          bytes_in = case when v.known then s.bytes_in end,
          bytes_out = case when v.known then s.bytes_out end,
          messages_in = case when v.known then s.messages_in end,
          messages_out = case when v.known then s.messages_out end,
          token_hash = v.new_hash,
          token_retired = array(
            select hash from unnest(
              array[v.shown, nullif(s.token_hash, v.shown)] || array_remove(s.token_retired, v.shown)
            ) with ordinality as t(hash, place)
            where hash is not null order by place limit 8),
          token_previous_until = case v.outcome
            when 'CURRENT' then now() + :overlapMs * interval '1 millisecond'
            else s.token_previous_until end
        from verdict v
        where s.id = v.id and v.outcome in ('CURRENT', 'PREVIOUS')
        returning s.id, s.epoch, s.started_at
      ),
      gone as (
        delete from trunkline.live_session s using verdict v
        where s.id = v.id and v.outcome = 'REUSED'
        returning s.*, now() as ended_at, :closeCode as close_code, :closeName as close_name,
          :reason as reason
      ),
      filed as (%s),
      audited as (
        insert into trunkline.operator_action (at, operator, via, action, target, detail, outcome)
        select now(), 'gateway', v.node_id, 'revoke', cast(v.id as text),
          'user ' || v.user_id || ', device ' || v.device_id
            || ': a resume token was used twice, the second time from ' || v.remote_address,
          'done'
        from verdict v where v.outcome = 'REUSED'
      )
      select v.seq, v.outcome, coalesce(resumed.epoch, v.epoch) as epoch, resumed.started_at,
        v.holder, v.state
      from verdict v left join resumed on resumed.id = v.id
      order by v.seq
      """
          .formatted(REQUEST, LiveSessionSql.COMPLETE, Incarnations.STANDS, FILE);

  private static final String UNDO =
      """
      update trunkline.live_session s set
        state = 'DETACHED',
        detached_at = r.at,
        resumable_until = now() + :graceMs * interval '1 millisecond',
        token_previous_until = now() + :graceMs * interval '1 millisecond',
        lost_code = :closeCode,
        lost_name = :closeName,
        lost_reason = :reason
      from %s
      where s.id = r.id and s.state = 'ACTIVE' and s.token_hash = decode(r.next, 'hex')
      """
          .formatted(REQUEST);

  private static final String CLOSE_OVERDUE =
      """
      with due as materialized (
        select id from trunkline.live_session
        where state = 'DETACHED' and resumable_until <= now()
        order by id limit :limit for update skip locked
      ),
      gone as (
        delete from trunkline.live_session s using due where s.id = due.id
        returning s.*, greatest(s.resumable_until, s.started_at) as ended_at,
          s.lost_code as close_code, s.lost_name as close_name, s.lost_reason as reason
      ),
      filed as (%s)
      %s
      """
          .formatted(FILE, CLOSED);

  private static final String DETACH_OF_DEAD_NODES =
      """
      with dead as materialized (
        select s.id, n.lease_until from trunkline.live_session s
        join trunkline.node n on n.id = s.node_id
        where s.node_id = any (array(select id from trunkline.node where lease_until < now()))
          and s.state = 'ACTIVE'
        order by s.id limit :limit for update of s skip locked
      )
      update trunkline.live_session s set %s
      from dead
      where s.id = dead.id
      returning s.id, s.epoch, s.user_id, s.device_id, s.node_id, true as connected,
        s.detached_at as at, s.lost_code as close_code, s.lost_name as close_name,
        s.lost_reason as reason
      """
          .formatted(lostWithNode("dead.lease_until"));

  private static final String CLOSE_DETACHED =
      """
      with gone as (
        delete from trunkline.live_session s where s.id = :id and s.state = 'DETACHED'
        returning s.*, greatest(now(), s.started_at) as ended_at,
          :closeCode as close_code, :closeName as close_name, :reason as reason
      ),
      filed as (%s)
      %s
      """
          .formatted(FILE, CLOSED);

  private static final String NOT_HELD =
      """
      select r.id
      from json_to_recordset(cast(:held as json)) as r(id uuid, epoch int)
      left join trunkline.live_session s
        on s.id = r.id and s.epoch = r.epoch and s.node_id = :node and s.state = 'ACTIVE'
      where s.id is null
      """;

  private static final JsonMapper JSON = new JsonMapper();

  private final Orm orm;
  private final Incarnations incarnations;

  JpaSessionResumption(Orm orm, Incarnations incarnations) {
    this.orm = orm;
    this.incarnations = incarnations;
  }

  /**
   * Assignments that detach a row whose node died at that time. Without a grace time it ended there
   * and then. Whether the node's last Welcome reached the client is not known any more, so that the
   * token before it stays good.
   */
  static String lostWithNode(String at) {
    return """
        state = 'DETACHED',
        detached_at = greatest(coalesce(s.attached_at, s.started_at), %1$s),
        resumable_until = case when :graceMs > 0 then now() + :graceMs * interval '1 millisecond'
          else greatest(coalesce(s.attached_at, s.started_at), %1$s) end,
        token_previous_until =
          greatest(s.token_previous_until, now() + :graceMs * interval '1 millisecond'),
        lost_code = :closeCode,
        lost_name = :closeName,
        lost_reason = :reason
        """
        .formatted(at);
  }

  @Override
  public List<Outcome> resume(List<Request> requests, Duration overlap, SessionClose reused) {
    List<Object[]> rows =
        LiveSessionSql.retryingDeadlocks(
            () ->
                orm.sessions()
                    .fromStatelessTransaction(
                        session -> resume(session, requests, overlap, reused)));
    List<Outcome> outcomes = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      outcomes.add(outcome(requests.get(i), rows.get(i), reused));
    }
    return outcomes;
  }

  private List<Object[]> resume(
      StatelessSession session, List<Request> requests, Duration overlap, SessionClose reused) {
    incarnations.write(session, requests.stream().map(Request::node).toList());
    return LiveSessionSql.bind(session.createNativeQuery(RESUME, Object[].class), reused)
        .setParameter("requests", json(requests))
        .setParameter("overlapMs", overlap.toMillis())
        .addScalar("outcome", String.class)
        .addScalar("epoch", Integer.class)
        .addScalar("started_at", Instant.class)
        .addScalar("holder", String.class)
        .addScalar("state", String.class)
        .getResultList();
  }

  private static Outcome outcome(Request request, Object[] row, SessionClose reused) {
    String outcome = (String) row[0];
    boolean connected = "ACTIVE".equals(row[4]);
    return switch (outcome) {
      case "CURRENT", "PREVIOUS" ->
          new Outcome.Resumed(
              (Integer) row[1],
              (Instant) row[2],
              connected ? Optional.of((String) row[3]) : Optional.empty());
      case "REUSED" ->
          new Outcome.Revoked(
              new ClosedSession(
                  request.id(),
                  (Integer) row[1],
                  request.user(),
                  request.device(),
                  (String) row[3],
                  connected,
                  request.at(),
                  reused));
      default -> new Outcome.NotResumed(Outcome.Why.valueOf(outcome));
    };
  }

  @Override
  public int undo(List<Request> requests, Duration grace, SessionClose lost) {
    return orm.sessions()
        .fromStatelessTransaction(
            session ->
                session
                    .createNativeMutationQuery(UNDO)
                    .setParameter("requests", json(requests))
                    .setParameter("graceMs", grace.toMillis())
                    .setParameter("closeCode", lost.code())
                    .setParameter("closeName", lost.name())
                    .setParameter("reason", lost.reason())
                    .executeUpdate());
  }

  @Override
  public List<ClosedSession> closeOverdue() {
    return inTransaction(
        session ->
            session
                .createNativeQuery(CLOSE_OVERDUE, Object[].class)
                .setParameter("limit", MAX_BATCH));
  }

  @Override
  public List<ClosedSession> detachOfDeadNodes(Duration grace) {
    return inTransaction(
        session ->
            LiveSessionSql.bind(
                    session.createNativeQuery(DETACH_OF_DEAD_NODES, Object[].class),
                    SessionClose.NODE_LOST)
                .setParameter("graceMs", grace.toMillis())
                .setParameter("limit", MAX_BATCH));
  }

  @Override
  public List<UUID> notHeldBy(String node, Map<UUID, Integer> epochs) {
    ArrayNode held = JSON.createArrayNode();
    epochs.forEach((id, epoch) -> held.addObject().put("id", id.toString()).put("epoch", epoch));
    return orm.sessions()
        .fromStatelessSession(
            session ->
                session
                    .createNativeQuery(NOT_HELD, UUID.class)
                    .setParameter("held", held.toString())
                    .setParameter("node", node)
                    .getResultList());
  }

  @Override
  public Optional<ClosedSession> closeDetached(UUID id, SessionClose close) {
    return inTransaction(
            session ->
                LiveSessionSql.bind(
                        session.createNativeQuery(CLOSE_DETACHED, Object[].class), close)
                    .setParameter("id", id))
        .stream()
        .findFirst();
  }

  /** A query made for the session. */
  private interface Query {
    org.hibernate.query.NativeQuery<Object[]> in(StatelessSession session);
  }

  private List<ClosedSession> inTransaction(Query query) {
    return LiveSessionSql.retryingDeadlocks(
        () ->
            orm.sessions()
                .fromStatelessTransaction(session -> LiveSessionSql.closed(query.in(session))));
  }

  private String json(List<Request> requests) {
    ArrayNode array = JSON.createArrayNode();
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      ObjectNode json =
          array
              .addObject()
              .put("seq", i)
              .put("id", request.id().toString())
              .put("user_id", DatabaseText.clean(request.user()))
              .put("device_id", DatabaseText.clean(request.device()))
              .put("presented", request.presented())
              .put("next", request.next())
              .put("node_id", DatabaseText.clean(request.node()))
              .put("incarnation", incarnations.of(request.node()))
              .put("transport", DatabaseText.clean(request.transport()))
              .put("remote_address", DatabaseText.clean(request.remoteAddress()))
              .put("client_name", DatabaseText.clean(request.clientName()))
              .put("client_version", DatabaseText.clean(request.clientVersion()))
              .put("platform", DatabaseText.clean(request.platform()))
              .put("at", request.at().toString());
      LiveSessionSql.putAttributes(json, request.attributes());
    }
    return array.toString();
  }
}
