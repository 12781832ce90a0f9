package io.trunkline.persistence;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All times are the database's: {@code now()} in the statements. */
final class JpaNodeStore implements NodeStore {
  private static final String DETACH_LEFT_OPEN =
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

  private static final String ENTER =
      """
      insert into trunkline.node
        (id, client_address, api_address, sessions, started_at, lease_until)
      values (:node, :clientAddress, :apiAddress, 0, now(),
        now() + :leaseMillis * interval '1 millisecond')
      on conflict (id) do update set
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
      """;

  private static final String RENEW =
      """
      with old as materialized (
        select id, lease_until < now() as ended from trunkline.node where id = :node for update
      )
      update trunkline.node n
      set lease_until = now() + :leaseMillis * interval '1 millisecond', left_at = null,
        sessions = :sessions, cpu = :cpu, outbound_bytes = :outboundBytes
      from old where n.id = old.id
      returning old.ended, n.draining_since is not null as draining, n.drain_by, n.drain_reason,
        n.drain_per_second, n.drain_within_ms, n.drain_jitter_ms, n.drain_target
      """;

  // What was detached after the start is of this life; what an earlier life left is not taken back.
  private static final String TAKE_BACK =
      """
      update trunkline.live_session s
      set state = 'ACTIVE', detached_at = null, resumable_until = null,
        lost_code = null, lost_name = null, lost_reason = null
      from trunkline.node n
      where n.id = :node and s.node_id = :node and s.state = 'DETACHED'
        and s.lost_name = 'NODE_LOST' and s.detached_at > n.started_at
      """;

  private static final String LEAVE =
      """
      update trunkline.node
      set lease_until = least(lease_until, now()), left_at = now(), sessions = 0, cpu = 0,
        outbound_bytes = 0
      where id = :node
      """;

  private static final String DRAIN =
      """
      update trunkline.node
      set draining_since = coalesce(draining_since, now()), drain_by = :by,
        drain_reason = :reason, drain_per_second = :perSecond, drain_within_ms = :withinMs,
        drain_jitter_ms = :jitterMs, drain_target = cast(:target as text)
      where id = :node and left_at is null and lease_until > now()
      """;

  private static final String UNDRAIN =
      """
      update trunkline.node
      set draining_since = null, drain_by = null, drain_reason = null, drain_per_second = null,
        drain_within_ms = null, drain_jitter_ms = null, drain_target = null
      where id = :node and left_at is null and lease_until > now()
      """;

  private final Orm orm;

  JpaNodeStore(Orm orm) {
    this.orm = orm;
  }

  @Override
  public int register(
      String node, String clientAddress, String apiAddress, Duration lease, Duration grace) {
    return orm.sessions()
        .fromStatelessTransaction(
            session -> {
              int leftOpen =
                  session
                      .createNativeMutationQuery(DETACH_LEFT_OPEN)
                      .setParameter("node", node)
                      .setParameter("graceMs", grace.toMillis())
                      .setParameter("closeCode", SessionClose.NODE_LOST.code())
                      .setParameter("closeName", SessionClose.NODE_LOST.name())
                      .setParameter("reason", SessionClose.NODE_LOST.reason())
                      .executeUpdate();
              session
                  .createNativeMutationQuery(ENTER)
                  .setParameter("node", node)
                  .setParameter("clientAddress", clientAddress)
                  .setParameter("apiAddress", apiAddress)
                  .setParameter("leaseMillis", lease.toMillis())
                  .executeUpdate();
              return leftOpen;
            });
  }

  @Override
  public Renewal renew(String node, Duration lease, NodeLoad load) {
    return orm.sessions()
        .fromStatelessTransaction(
            session -> {
              Object[] row =
                  session
                      .createNativeQuery(RENEW, Object[].class)
                      .setParameter("node", node)
                      .setParameter("leaseMillis", lease.toMillis())
                      .setParameter("sessions", load.sessions())
                      .setParameter("cpu", load.cpu())
                      .setParameter("outboundBytes", load.outboundBytes())
                      .getSingleResultOrNull();
              if (row == null) {
                return new Renewal(false, Optional.empty());
              }
              boolean ended = (Boolean) row[0];
              if (ended) {
                session
                    .createNativeMutationQuery(TAKE_BACK)
                    .setParameter("node", node)
                    .executeUpdate();
              }
              boolean draining = (Boolean) row[1];
              return new Renewal(ended, draining ? order(row) : Optional.empty());
            });
  }

  private static Optional<DrainOrder> order(@Nullable Object[] row) {
    return order(
        (String) row[2],
        (String) row[3],
        (Integer) row[4],
        (Long) row[5],
        (Long) row[6],
        (String) row[7]);
  }

  /** An order from its columns, which are set together. */
  static Optional<DrainOrder> order(
      @Nullable String by,
      @Nullable String reason,
      @Nullable Integer perSecond,
      @Nullable Long withinMs,
      @Nullable Long jitterMs,
      @Nullable String target) {
    if (by == null || reason == null || perSecond == null || withinMs == null || jitterMs == null) {
      return Optional.empty();
    }
    return Optional.of(
        new DrainOrder(
            by,
            reason,
            perSecond,
            Duration.ofMillis(withinMs),
            Duration.ofMillis(jitterMs),
            Optional.ofNullable(target)));
  }

  @Override
  public boolean drain(String node, DrainOrder order) {
    return orm.sessions()
        .fromStatelessTransaction(
            session ->
                session
                        .createNativeMutationQuery(DRAIN)
                        .setParameter("node", node)
                        .setParameter("by", DatabaseText.clean(order.by()))
                        .setParameter("reason", DatabaseText.clean(order.reason()))
                        .setParameter("perSecond", order.perSecond())
                        .setParameter("withinMs", order.within().toMillis())
                        .setParameter("jitterMs", order.jitter().toMillis())
                        .setParameter("target", order.target().orElse(null), String.class)
                        .executeUpdate()
                    > 0);
  }

  @Override
  public boolean undrain(String node) {
    return orm.sessions()
        .fromStatelessTransaction(
            session ->
                session
                        .createNativeMutationQuery(UNDRAIN)
                        .setParameter("node", node)
                        .executeUpdate()
                    > 0);
  }

  @Override
  public void leave(String node) {
    orm.sessions()
        .inStatelessTransaction(
            session ->
                session
                    .createNativeMutationQuery(LEAVE)
                    .setParameter("node", node)
                    .executeUpdate());
  }

  @Override
  public List<NodeRow> list() {
    return orm.sessions()
        .fromStatelessSession(
            session ->
                session
                    .createSelectionQuery("from GatewayNode n order by n.id", GatewayNode.class)
                    .getResultStream()
                    .map(GatewayNode::toRow)
                    .toList());
  }
}
