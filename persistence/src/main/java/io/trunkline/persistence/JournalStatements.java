package io.trunkline.persistence;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.hibernate.StatelessSession;

/**
 * Writes a batch of records in one transaction of two statements, each fed by one JSON array. Both
 * are fenced by the epoch, and have no further effect when the same batch comes again.
 */
final class JournalStatements {
  private static final String RECORD =
      """
      json_to_recordset(cast(:records as json)) as r(id uuid, epoch int, user_id text,
        device_id text, client_name text, client_version text, platform text, transport text,
        remote_address text, node_id text, attributes jsonb, started_at timestamptz,
        ended_at timestamptz, close_code int, close_name text, reason text, bytes_in bigint,
        bytes_out bigint, messages_in bigint, messages_out bigint)
      """;

  private static final String START =
      """
      insert into trunkline.live_session as live (id, epoch, state, user_id, device_id,
        client_name, client_version, platform, transport, remote_address, node_id, attributes,
        started_at)
      select id, epoch, 'ACTIVE', user_id, device_id, client_name, client_version, platform,
        transport, remote_address, node_id, attributes, started_at
      from %s
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
        detached_at = null
      where live.epoch < excluded.epoch
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
        returning r.id, r.epoch, coalesce(r.user_id, live.user_id),
          coalesce(r.device_id, live.device_id), coalesce(r.client_name, live.client_name),
          coalesce(r.client_version, live.client_version), coalesce(r.platform, live.platform),
          coalesce(r.transport, live.transport), coalesce(r.remote_address, live.remote_address),
          coalesce(r.node_id, live.node_id), coalesce(r.attributes, live.attributes),
          least(r.started_at, live.started_at), r.ended_at, r.close_code, r.close_name, r.reason,
          r.bytes_in, r.bytes_out, r.messages_in, r.messages_out
      ),
      unknown as (
        select * from r
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

  JournalStatements(Orm orm) {
    this.orm = orm;
  }

  /** No two records are of the same session. Commits before it returns. */
  void write(List<JournalRecord> batch) {
    ArrayNode starts = JSON.createArrayNode();
    ArrayNode ends = JSON.createArrayNode();
    for (JournalRecord record : batch) {
      (record.end() == null ? starts : ends).add(json(record));
    }
    orm.sessions()
        .inStatelessTransaction(
            session -> {
              execute(session, START, starts);
              execute(session, END, ends);
            });
  }

  private static void execute(StatelessSession session, String sql, ArrayNode records) {
    if (!records.isEmpty()) {
      session
          .createNativeMutationQuery(sql)
          .setParameter("records", records.toString())
          .executeUpdate();
    }
  }

  private static ObjectNode json(JournalRecord record) {
    ObjectNode json = JSON.createObjectNode().put("id", record.id().toString());
    SessionStart start = record.start();
    if (start != null) {
      json.put("epoch", start.epoch())
          .put("user_id", DatabaseText.clean(start.user()))
          .put("device_id", DatabaseText.clean(start.device()))
          .put("client_name", DatabaseText.clean(start.clientName()))
          .put("client_version", DatabaseText.clean(start.clientVersion()))
          .put("platform", DatabaseText.clean(start.platform()))
          .put("transport", DatabaseText.clean(start.transport()))
          .put("remote_address", DatabaseText.clean(start.remoteAddress()))
          .put("node_id", DatabaseText.clean(start.node()))
          .put("started_at", start.startedAt().toString());
      ObjectNode attributes = json.putObject("attributes");
      start
          .attributes()
          .forEach(
              (name, value) -> attributes.put(DatabaseText.clean(name), DatabaseText.clean(value)));
    }
    SessionEnd end = record.end();
    if (end != null) {
      json.put("epoch", end.epoch())
          .put("ended_at", end.endedAt().toString())
          .put("close_code", end.closeCode())
          .put("close_name", DatabaseText.clean(end.closeName()))
          .put("reason", DatabaseText.clean(end.reason()))
          .put("bytes_in", end.traffic().bytesIn())
          .put("bytes_out", end.traffic().bytesOut())
          .put("messages_in", end.traffic().messagesIn())
          .put("messages_out", end.traffic().messagesOut());
    }
    return json;
  }
}
