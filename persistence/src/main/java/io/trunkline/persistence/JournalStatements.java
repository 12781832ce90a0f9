package io.trunkline.persistence;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.hibernate.StatelessSession;

/**
 * Writes a batch of records in one transaction of a few statements, each fed by one JSON array. All
 * are fenced by the epoch, and have no further effect when the same batch comes again.
 */
final class JournalStatements {
  private static final String RECORD =
      """
      json_to_recordset(cast(:records as json)) as r(id uuid, epoch int, user_id text,
        device_id text, client_name text, client_version text, platform text, transport text,
        remote_address text, node_id text, incarnation bigint, attributes jsonb,
        started_at timestamptz,
        token_hash text, older uuid, detached_at timestamptz, grace_ms bigint, heard boolean,
        ended_at timestamptz, close_code int, close_name text, reason text, bytes_in bigint,
        bytes_out bigint, messages_in bigint, messages_out bigint)
      """;

  // In the order of ids, as all who touch many sessions at once: else two of them could wait for
  // each other.
  // Returns what has gone on under a later epoch.
  private static final String LOCK =
      """
      with r as materialized (select id, epoch from %s),
      locked as materialized (
        select id, epoch from trunkline.live_session where id in (select id from r)
        order by id for update
      )
      select r.id from r join locked on locked.id = r.id where locked.epoch > r.epoch
      """
          .formatted(RECORD);

  // Before START, so that a session that began in the same batch is not taken for an older one.
  // What
  // has attached later than this one began is newer, whoever is written first.
  private static final String REPLACE =
      """
      with r as materialized (select * from %s where %s),
      older as materialized (
        select live.id, r.started_at
        from r join trunkline.live_session live
          on live.user_id = r.user_id and live.device_id = r.device_id
        where live.id <> r.id
          and (live.state = 'DETACHED' or live.id is distinct from r.older)
          and coalesce(live.attached_at, live.started_at) <= r.started_at
        order by live.id
        for update of live
      ),
      gone as (
        delete from trunkline.live_session live using older
        where live.id = older.id
        returning live.*, greatest(older.started_at, live.started_at) as ended_at
      ),
      filed as (
        insert into trunkline.session_history (id, epoch, user_id, device_id, client_name,
          client_version, platform, transport, remote_address, node_id, attributes, started_at,
          ended_at, close_code, close_name, reason, bytes_in, bytes_out, messages_in,
          messages_out, detached_at)
        select id, epoch, user_id, device_id, client_name, client_version, platform, transport,
          remote_address, node_id, attributes, started_at, ended_at, :closeCode, :closeName,
          :reason, %s, detached_at
        from gone
        on conflict (id, ended_at) do nothing
      )
      select id, epoch, user_id, device_id, node_id, state = 'ACTIVE' as connected,
        ended_at as at, :closeCode as close_code, :closeName as close_name, :reason as reason
      from gone
      """
          .formatted(RECORD, Incarnations.STANDS, LiveSessionSql.KNOWN_TRAFFIC);

  private static final String START =
      """
      insert into trunkline.live_session as live (id, epoch, state, user_id, device_id,
        client_name, client_version, platform, transport, remote_address, node_id, attributes,
        started_at, attached_at, token_hash, detached_at, resumable_until, lost_code, lost_name,
        lost_reason, bytes_in, bytes_out, messages_in, messages_out, token_previous_until)
      select id, epoch, case when detached_at is null then 'ACTIVE' else 'DETACHED' end, user_id,
        device_id, client_name, client_version, platform, transport, remote_address, node_id,
        attributes, started_at, started_at, decode(token_hash, 'hex'), detached_at,
        now() + grace_ms * interval '1 millisecond', close_code, close_name, reason,
        coalesce(bytes_in, 0), coalesce(bytes_out, 0), coalesce(messages_in, 0),
        coalesce(messages_out, 0), null
      from %s
      where %s %s
      on conflict (id) do update set
        epoch = excluded.epoch,
        state = excluded.state,
        user_id = excluded.user_id,
        device_id = excluded.device_id,
        client_name = excluded.client_name,
        client_version = excluded.client_version,
        platform = excluded.platform,
        transport = excluded.transport,
        remote_address = excluded.remote_address,
        node_id = excluded.node_id,
        attributes = excluded.attributes,
        started_at = least(live.started_at, excluded.started_at),
        attached_at = excluded.attached_at,
        token_hash = excluded.token_hash,
        detached_at = excluded.detached_at,
        resumable_until = excluded.resumable_until,
        lost_code = excluded.lost_code,
        lost_name = excluded.lost_name,
        lost_reason = excluded.lost_reason,
        bytes_in = live.bytes_in + excluded.bytes_in,
        bytes_out = live.bytes_out + excluded.bytes_out,
        messages_in = live.messages_in + excluded.messages_in,
        messages_out = live.messages_out + excluded.messages_out
      where live.epoch < excluded.epoch
      """;

  private static final String FIRST_START = START.formatted(RECORD, Incarnations.STANDS, "");

  // An earlier attempt may have been committed although it failed here, and the session may have
  // ended elsewhere since: it must not come to life again.
  private static final String START_AGAIN =
      START.formatted(
          RECORD,
          Incarnations.STANDS,
          """
          and not exists (select from trunkline.session_history h where h.id = r.id
            and h.ended_at >= r.started_at - interval '1 day')
          """);

  // A session that others took for lost with its node has its own word for it here.
  private static final String DETACH =
      """
      with r as materialized (select * from %s)
      update trunkline.live_session live set
        state = 'DETACHED',
        detached_at = r.detached_at,
        resumable_until = now() + r.grace_ms * interval '1 millisecond',
        lost_code = r.close_code,
        lost_name = r.close_name,
        lost_reason = r.reason,
        token_previous_until = case when r.heard then live.token_previous_until
          else greatest(live.token_previous_until, now() + r.grace_ms * interval '1 millisecond')
          end,
        bytes_in = live.bytes_in + r.bytes_in,
        bytes_out = live.bytes_out + r.bytes_out,
        messages_in = live.messages_in + r.messages_in,
        messages_out = live.messages_out + r.messages_out
      from r
      where live.id = r.id and live.epoch = r.epoch
        and (live.state = 'ACTIVE' or live.lost_name = 'NODE_LOST' and r.close_name <> 'NODE_LOST')
      """
          .formatted(RECORD);

  // "gone" sees the live rows as they were, and so does "unknown": a row that is deleted here is
  // not unknown. The looks are scalar subqueries in a CASE: look-ups by id, in this order, that
  // never become a join which reads all of history.
  private static final String END =
      """
      with r as materialized (select * from %s),
      gone as (
        delete from trunkline.live_session live using r
        where live.id = r.id and live.epoch <= r.epoch
        returning r.id, r.epoch, coalesce(r.user_id, live.user_id) as user_id,
          coalesce(r.device_id, live.device_id) as device_id,
          coalesce(r.client_name, live.client_name) as client_name,
          coalesce(r.client_version, live.client_version) as client_version,
          coalesce(r.platform, live.platform) as platform,
          coalesce(r.transport, live.transport) as transport,
          coalesce(r.remote_address, live.remote_address) as remote_address,
          coalesce(r.node_id, live.node_id) as node_id,
          coalesce(r.attributes, live.attributes) as attributes,
          least(r.started_at, live.started_at) as started_at,
          r.ended_at, r.close_code, r.close_name, r.reason,
          live.bytes_in + r.bytes_in as bytes_in, live.bytes_out + r.bytes_out as bytes_out,
          live.messages_in + r.messages_in as messages_in,
          live.messages_out + r.messages_out as messages_out
      ),
      unknown as (
        select id, epoch, user_id, device_id, client_name, client_version, platform, transport,
          remote_address, node_id, attributes, started_at, ended_at, close_code, close_name,
          reason, bytes_in, bytes_out, messages_in, messages_out
        from r
        where case
          when (select 1 from trunkline.live_session live where live.id = r.id) = 1 then false
          else (select 1 from trunkline.session_history h where h.id = r.id
                  and h.ended_at >= coalesce(r.started_at, '-infinity') - interval '1 day'
                limit 1) is null
          end
      )
      insert into trunkline.session_history (id, epoch, user_id, device_id, client_name,
        client_version, platform, transport, remote_address, node_id, attributes, started_at,
        ended_at, close_code, close_name, reason, bytes_in, bytes_out, messages_in, messages_out)
      select * from gone union all select * from unknown
      on conflict (id, ended_at) do nothing
      """
          .formatted(RECORD);

  private static final JsonMapper JSON = new JsonMapper();

  private final Orm orm;
  private final Incarnations incarnations;

  JournalStatements(Orm orm, Incarnations incarnations) {
    this.orm = orm;
    this.incarnations = incarnations;
  }

  /**
   * What a batch came to.
   *
   * @param replaced sessions that had to go because the batch has a newer one of the same user and
   *     device
   * @param moved sessions whose detach or end had no effect: they went on elsewhere
   */
  record Written(List<ClosedSession> replaced, Set<UUID> moved) {}

  /**
   * No two records are of the same session. Commits before it returns.
   *
   * @param again an earlier attempt may have been committed
   */
  Written write(List<JournalRecord> batch, boolean again) {
    ArrayNode starts = JSON.createArrayNode();
    ArrayNode detaches = JSON.createArrayNode();
    ArrayNode ends = JSON.createArrayNode();
    for (JournalRecord record : batch) {
      (record.end() != null ? ends : record.start() != null ? starts : detaches).add(json(record));
    }
    ArrayNode changes = JSON.createArrayNode();
    detaches.forEach(changes::add);
    ends.forEach(changes::add);
    return LiveSessionSql.retryingDeadlocks(
        () ->
            orm.sessions()
                .fromStatelessTransaction(
                    session -> {
                      // Before any row: who enters takes it before it looks at rows, too.
                      incarnations.write(session, nodesOfStarts(batch));
                      Set<UUID> moved = lock(session, changes);
                      execute(session, DETACH, detaches);
                      execute(session, END, ends);
                      List<ClosedSession> replaced = replace(session, starts);
                      execute(session, again ? START_AGAIN : FIRST_START, starts);
                      return new Written(replaced, moved);
                    }));
  }

  private static List<String> nodesOfStarts(List<JournalRecord> batch) {
    return batch.stream()
        .filter(record -> record.end() == null)
        .map(JournalRecord::start)
        .filter(Objects::nonNull)
        .map(SessionStart::node)
        .distinct()
        .toList();
  }

  private static Set<UUID> lock(StatelessSession session, ArrayNode records) {
    return records.isEmpty()
        ? Set.of()
        : Set.copyOf(
            session
                .createNativeQuery(LOCK, UUID.class)
                .setParameter("records", records.toString())
                .getResultList());
  }

  private static List<ClosedSession> replace(StatelessSession session, ArrayNode starts) {
    return starts.isEmpty()
        ? List.of()
        : LiveSessionSql.closed(
            LiveSessionSql.bind(
                    session.createNativeQuery(REPLACE, Object[].class), SessionClose.REPLACED)
                .setParameter("records", starts.toString()));
  }

  private static void execute(StatelessSession session, String sql, ArrayNode records) {
    if (!records.isEmpty()) {
      session
          .createNativeMutationQuery(sql)
          .setParameter("records", records.toString())
          .executeUpdate();
    }
  }

  private ObjectNode json(JournalRecord record) {
    ObjectNode json = JSON.createObjectNode().put("id", record.id().toString());
    SessionStart start = record.start();
    if (start != null) {
      put(json, start);
    }
    SessionEnd end = record.end();
    SessionDetach detach = record.detach();
    if (end != null) {
      json.put("epoch", end.epoch()).put("ended_at", end.endedAt().toString());
      put(json, new SessionClose(end.closeCode(), end.closeName(), end.reason()), end.traffic());
    } else if (detach != null) {
      json.put("epoch", detach.epoch())
          .put("detached_at", detach.detachedAt().toString())
          .put("grace_ms", detach.grace().toMillis())
          .put("heard", detach.heard());
      put(json, detach.lost(), detach.traffic());
    }
    return json;
  }

  private void put(ObjectNode json, SessionStart start) {
    json.put("epoch", start.epoch())
        .put("user_id", DatabaseText.clean(start.user()))
        .put("device_id", DatabaseText.clean(start.device()))
        .put("client_name", DatabaseText.clean(start.clientName()))
        .put("client_version", DatabaseText.clean(start.clientVersion()))
        .put("platform", DatabaseText.clean(start.platform()))
        .put("transport", DatabaseText.clean(start.transport()))
        .put("remote_address", DatabaseText.clean(start.remoteAddress()))
        .put("node_id", DatabaseText.clean(start.node()))
        .put("incarnation", incarnations.of(start.node()))
        .put("started_at", start.startedAt().toString());
    start.tokenHash().ifPresent(hash -> json.put("token_hash", hash));
    start.older().ifPresent(older -> json.put("older", older.toString()));
    LiveSessionSql.putAttributes(json, start.attributes());
  }

  private static void put(ObjectNode json, SessionClose close, Traffic traffic) {
    json.put("close_code", close.code())
        .put("close_name", DatabaseText.clean(close.name()))
        .put("reason", DatabaseText.clean(close.reason()))
        .put("bytes_in", traffic.bytesIn())
        .put("bytes_out", traffic.bytesOut())
        .put("messages_in", traffic.messagesIn())
        .put("messages_out", traffic.messagesOut());
  }
}
