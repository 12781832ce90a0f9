package io.trunkline.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The statements are those of {@link NodeSql}. */
final class JpaNodeStore implements NodeStore {
  /** Shorter than this no answer is waited for: a busy machine is no dead network. */
  private static final int SHORTEST_WAIT_MS = 2_000;

  private final Orm orm;
  private final Incarnations incarnations;

  JpaNodeStore(Orm orm, Incarnations incarnations) {
    this.orm = orm;
    this.incarnations = incarnations;
  }

  @Override
  public Optional<Holder> holder(String node) {
    return orm.sessions().fromStatelessSession(session -> holder(session, NodeSql.HOLDER, node));
  }

  private static Optional<Holder> holder(StatelessSession session, String sql, String node) {
    return session
        .createNativeQuery(sql, Object[].class)
        .setParameter("node", node)
        .addScalar("incarnation", Long.class)
        .addScalar("client_address", String.class)
        .addScalar("process", String.class)
        .addScalar("started_at", Instant.class)
        .addScalar("lease_until", Instant.class)
        .addScalar("left_ms", Long.class)
        .uniqueResultOptional()
        .map(
            row ->
                new Holder(
                    (Long) row[0],
                    (String) row[1],
                    (String) row[2],
                    (Instant) row[3],
                    (Instant) row[4],
                    Duration.ofMillis((Long) row[5])));
  }

  @Override
  public Optional<Integer> enter(Entry entry, Duration lease, Duration grace, long over) {
    return orm.sessions()
        .fromStatelessTransaction(
            session -> {
              Incarnations.enter(session, entry.node());
              long last =
                  holder(session, NodeSql.LOCK, entry.node()).map(Holder::incarnation).orElse(0L);
              if (last != over) {
                return Optional.empty();
              }
              int leftOpen = detachLeftOpen(session, entry.node(), grace);
              Long incarnation =
                  session
                      .createNativeQuery(NodeSql.ENTER, Long.class)
                      .setParameter("node", entry.node())
                      .setParameter("clientAddress", DatabaseText.clean(entry.clientAddress()))
                      .setParameter("apiAddress", DatabaseText.clean(entry.apiAddress()))
                      .setParameter("process", DatabaseText.clean(entry.process()))
                      .setParameter("leaseMillis", lease.toMillis())
                      .setParameter("over", over)
                      .getSingleResultOrNull();
              if (incarnation == null) {
                return Optional.empty();
              }
              incarnations.entered(entry.node(), incarnation);
              return Optional.of(leftOpen);
            });
  }

  private static int detachLeftOpen(StatelessSession session, String node, Duration grace) {
    return session
        .createNativeMutationQuery(NodeSql.DETACH_LEFT_OPEN)
        .setParameter("node", node)
        .setParameter("graceMs", grace.toMillis())
        .setParameter("closeCode", SessionClose.NODE_LOST.code())
        .setParameter("closeName", SessionClose.NODE_LOST.name())
        .setParameter("reason", SessionClose.NODE_LOST.reason())
        .executeUpdate();
  }

  @Override
  public Renewal renew(String node, Duration lease, NodeLoad load) {
    return orm.sessions()
        .fromStatelessTransaction(
            session -> {
              // A network that swallows packets must not cost the lease; the pool takes it back.
              int waitMs = Math.max(SHORTEST_WAIT_MS, (int) (lease.toMillis() / 3));
              session.doWork(connection -> connection.setNetworkTimeout(Runnable::run, waitMs));
              Object[] row =
                  session
                      .createNativeQuery(NodeSql.RENEW, Object[].class)
                      .setParameter("node", node)
                      .setParameter("incarnation", incarnations.of(node), Long.class)
                      .setParameter("leaseMillis", lease.toMillis())
                      .setParameter("sessions", load.sessions())
                      .setParameter("cpu", load.cpu())
                      .setParameter("outboundBytes", load.outboundBytes())
                      .getSingleResultOrNull();
              if (row == null) {
                return new Renewal(false, Optional.empty(), true);
              }
              boolean ended = (Boolean) row[0];
              if (ended) {
                session
                    .createNativeMutationQuery(NodeSql.TAKE_BACK)
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
                        .createNativeMutationQuery(NodeSql.DRAIN)
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
                        .createNativeMutationQuery(NodeSql.UNDRAIN)
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
                    .createNativeMutationQuery(NodeSql.LEAVE)
                    .setParameter("node", node)
                    .setParameter("incarnation", incarnations.of(node), Long.class)
                    .executeUpdate());
  }

  @Override
  public void noteLoad(String node, NodeLoad load) {
    orm.sessions()
        .inStatelessTransaction(
            session ->
                session
                    .createNativeMutationQuery(NodeSql.NOTE_LOAD)
                    .setParameter("node", node)
                    .setParameter("sessions", load.sessions())
                    .setParameter("cpu", load.cpu())
                    .setParameter("outboundBytes", load.outboundBytes())
                    .executeUpdate());
  }

  @Override
  public List<String> goneFor(Duration atLeast) {
    return orm.sessions()
        .fromStatelessSession(
            session ->
                session
                    .createNativeQuery(NodeSql.GONE_FOR, String.class)
                    .setParameter("goneMs", atLeast.toMillis())
                    .getResultList());
  }

  @Override
  public boolean forget(String node, Duration goneFor, Duration grace) {
    return orm.sessions()
        .fromStatelessTransaction(
            session -> {
              Incarnations.enter(session, node);
              String gone =
                  session
                      .createNativeQuery(NodeSql.LOCK_GONE, String.class)
                      .setParameter("node", node)
                      .setParameter("goneMs", goneFor.toMillis())
                      .getSingleResultOrNull();
              if (gone == null) {
                return false;
              }
              detachLeftOpen(session, node, grace);
              return session
                      .createNativeMutationQuery("delete from trunkline.node where id = :node")
                      .setParameter("node", node)
                      .executeUpdate()
                  > 0;
            });
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
