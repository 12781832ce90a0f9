package io.trunkline.persistence;

/** Statements of {@link JpaNodeStore}. All times are the database's: {@code now()}. */
final class NodeSql {
  static final String DETACH_LEFT_OPEN =
      """
      with died as materialized (
        select coalesce(
          (select least(now(), lease_until) from trunkline.node where id = :node), now()) as at
      )
      update trunkline.live_session s set %s
      from died
      where s.node_id = :node and s.state = 'ACTIVE'
      """
          .formatted(JpaSessionResumption.lostWithNode("died.at"));

  static final String HOLDER =
      """
      select incarnation, client_address, process, started_at, lease_until,
        cast(case when left_at is not null then 0
          else greatest(0, extract(epoch from lease_until - now()) * 1000) end as bigint) as left_ms
      from trunkline.node where id = :node
      """;

  static final String LOCK = HOLDER + " for update";

  // By the clock, so that it rises even when the node was forgotten in between.
  static final String ENTER =
      """
      insert into trunkline.node as node
        (id, client_address, api_address, process, incarnation, sessions, started_at, lease_until)
      values (:node, :clientAddress, :apiAddress, :process,
        cast(extract(epoch from now()) * 1000 as bigint), 0, now(),
        now() + :leaseMillis * interval '1 millisecond')
      on conflict (id) do update set
        incarnation = greatest(node.incarnation + 1, excluded.incarnation),
        process = excluded.process,
        client_address = excluded.client_address,
        api_address = excluded.api_address,
        sessions = 0,
        cpu = 0,
        outbound_bytes = 0,
        started_at = excluded.started_at,
        lease_until = excluded.lease_until,
        left_at = null,
        draining_since = null, drain_by = null, drain_reason = null, drain_per_second = null,
        drain_within_ms = null, drain_jitter_ms = null, drain_target = null
      where node.incarnation = :over
      returning incarnation
      """;

  static final String RENEW =
      """
      with old as materialized (
        select id, lease_until < now() as ended from trunkline.node
        where id = :node and incarnation = coalesce(cast(:incarnation as bigint), incarnation)
        for update
      )
      update trunkline.node n
      set lease_until = now() + :leaseMillis * interval '1 millisecond', left_at = null,
        sessions = :sessions, cpu = :cpu, outbound_bytes = :outboundBytes
      from old where n.id = old.id
      returning old.ended, n.draining_since is not null as draining, n.drain_by, n.drain_reason,
        n.drain_per_second, n.drain_within_ms, n.drain_jitter_ms, n.drain_target
      """;

  // What was detached after the start is of this life; what an earlier life left is not taken back.
  static final String TAKE_BACK =
      """
      update trunkline.live_session s
      set state = 'ACTIVE', detached_at = null, resumable_until = null,
        lost_code = null, lost_name = null, lost_reason = null
      from trunkline.node n
      where n.id = :node and s.node_id = :node and s.state = 'DETACHED'
        and s.lost_name = 'NODE_LOST' and s.detached_at > n.started_at
      """;

  static final String LEAVE =
      """
      update trunkline.node
      set lease_until = least(lease_until, now()), left_at = now(), sessions = 0, cpu = 0,
        outbound_bytes = 0
      where id = :node and incarnation = coalesce(cast(:incarnation as bigint), incarnation)
      """;

  static final String NOTE_LOAD =
      """
      insert into trunkline.node_load_history as h
        (minute, node_id, samples, sessions, cpu, outbound_bytes)
      values (date_trunc('minute', now()), :node, 1, :sessions, :cpu, :outboundBytes)
      on conflict (node_id, minute) do update set
        samples = h.samples + 1,
        sessions = greatest(h.sessions, excluded.sessions),
        cpu = (h.cpu * h.samples + excluded.cpu) / (h.samples + 1),
        outbound_bytes = greatest(h.outbound_bytes, excluded.outbound_bytes)
      """;

  static final String GONE =
      """
      lease_until <= now()
        and coalesce(left_at, lease_until) <= now() - :goneMs * interval '1 millisecond'
      """;

  static final String GONE_FOR = "select id from trunkline.node where " + GONE + " order by id";

  static final String LOCK_GONE =
      "select id from trunkline.node where id = :node and " + GONE + " for update";

  static final String DRAIN =
      """
      update trunkline.node
      set draining_since = coalesce(draining_since, now()), drain_by = :by,
        drain_reason = :reason, drain_per_second = :perSecond, drain_within_ms = :withinMs,
        drain_jitter_ms = :jitterMs, drain_target = cast(:target as text)
      where id = :node and left_at is null and lease_until > now()
      """;

  static final String UNDRAIN =
      """
      update trunkline.node
      set draining_since = null, drain_by = null, drain_reason = null, drain_per_second = null,
        drain_within_ms = null, drain_jitter_ms = null, drain_target = null
      where id = :node and left_at is null and lease_until > now()
      """;

  private NodeSql() {}
}
