package io.trunkline.persistence;

import java.time.Duration;
import java.util.List;

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
        started_at = excluded.started_at,
        lease_until = excluded.lease_until
      """;

  private static final String RENEW =
      """
      with old as materialized (
        select id, lease_until < now() as ended from trunkline.node where id = :node for update
      )
      update trunkline.node n
      set lease_until = now() + :leaseMillis * interval '1 millisecond', sessions = :sessions
      from old where n.id = old.id
      returning old.ended
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
      update trunkline.node set lease_until = least(lease_until, now()), sessions = 0
      where id = :node
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
  public boolean renew(String node, Duration lease, int sessions) {
    return orm.sessions()
        .fromStatelessTransaction(
            session -> {
              boolean ended =
                  session
                      .createNativeQuery(RENEW, Boolean.class)
                      .setParameter("node", node)
                      .setParameter("leaseMillis", lease.toMillis())
                      .setParameter("sessions", sessions)
                      .getResultList()
                      .contains(true);
              if (ended) {
                session
                    .createNativeMutationQuery(TAKE_BACK)
                    .setParameter("node", node)
                    .executeUpdate();
              }
              return ended;
            });
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
