package io.trunkline.persistence;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that this process has entered as: what it writes in their names holds only as long as
 * no other process has entered since. Thread-safe.
 *
 * <p>A statement sees the node's row as it was when the statement began. So that nobody enters
 * between that and its commit, sessions are begun and resumed {@link #write in} a lock that those
 * who enter {@link #enter take} for themselves: they wait for what is under way, which they then
 * find, and what comes later finds them. A process that stands still in the middle of it is ended
 * by the database after seconds ({@code idle_in_transaction_session_timeout}). The lock is none of
 * the node's row, which must stay free for the renewal of the lease.
 */
final class Incarnations {
  /** Holds for a row {@code r} of a node whose incarnation is not known here, or is still good. */
  static final String STANDS =
      """
      (r.incarnation is null or exists (
        select from trunkline.node n where n.id = r.node_id and n.incarnation = r.incarnation))
      """;

  private static final String KEY = "hashtextextended('trunkline.node ' || :node, 0)";
  private static final String WRITE = "select 1 from pg_advisory_xact_lock_shared(" + KEY + ")";
  private static final String ENTER = "select 1 from pg_advisory_xact_lock(" + KEY + ")";

  private final ConcurrentHashMap<String, Long> entered = new ConcurrentHashMap<>();

  void entered(String node, long incarnation) {
    entered.put(node, incarnation);
  }

  /** Null: this process did not enter the node. */
  @Nullable Long of(String node) {
    return entered.get(node);
  }

  /**
   * Before a statement that makes sessions these nodes' own: until the transaction ends nobody
   * enters as one of them.
   */
  void write(StatelessSession session, Collection<String> nodes) {
    // In one order, so that two of these cannot wait for each other with one who enters in between.
    nodes.stream()
        .filter(entered::containsKey)
        .distinct()
        .sorted()
        .forEach(node -> lock(session, WRITE, node));
  }

  /** Before the node is entered, or forgotten: until the transaction ends nobody writes for it. */
  static void enter(StatelessSession session, String node) {
    lock(session, ENTER, node);
  }

  private static void lock(StatelessSession session, String sql, String node) {
    Integer _ =
        session
            .createNativeQuery(sql, Integer.class)
            .setParameter("node", DatabaseText.clean(node))
            .getSingleResult();
  }
}
