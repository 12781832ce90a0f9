package io.trunkline.persistence;

import java.time.Duration;
import java.util.List;

/** All times are the database's: {@code now()} in the statements. */
final class JpaNodeStore implements NodeStore {
  // An end is not before its start, even if the lease ended while the node went on without us.
  private static final String CLOSE_LEFT_OPEN =
      """
      with lease as (
        select least(now(), lease_until) as ended_at from trunkline.node where id = :node
      ), gone as (
        delete from trunkline.live_session where node_id = :node returning *
      )
      insert into trunkline.session_history (id, epoch, user_id, device_id, client_name,
        client_version, platform, transport, remote_address, node_id, attributes, started_at,
        ended_at, close_code, close_name, reason)
      select id, epoch, user_id, device_id, client_name, client_version, platform, transport,
        remote_address, node_id, attributes, started_at,
        greatest(started_at, coalesce((select ended_at from lease), now())),
        :closeCode, :closeName, 'left open by an earlier life of the node'
      from gone
      on conflict (id, ended_at) do nothing
      """;

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
      update trunkline.node
      set lease_until = now() + :leaseMillis * interval '1 millisecond', sessions = :sessions
      where id = :node
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
      String node,
      String clientAddress,
      String apiAddress,
      Duration lease,
      int closeCode,
      String closeName) {
    return orm.sessions()
        .fromStatelessTransaction(
            session -> {
              int leftOpen =
                  session
                      .createNativeMutationQuery(CLOSE_LEFT_OPEN)
                      .setParameter("node", node)
                      .setParameter("closeCode", closeCode)
                      .setParameter("closeName", closeName)
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
  public void renew(String node, Duration lease, int sessions) {
    orm.sessions()
        .inStatelessTransaction(
            session ->
                session
                    .createNativeMutationQuery(RENEW)
                    .setParameter("node", node)
                    .setParameter("leaseMillis", lease.toMillis())
                    .setParameter("sessions", sessions)
                    .executeUpdate());
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
