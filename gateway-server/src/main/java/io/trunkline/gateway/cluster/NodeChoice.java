package io.trunkline.gateway.cluster;

import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Which node is to take a client: only those that are UP. A node tells its load with each renewal
 * of its lease; what this one has sent there since then counts as well, so that not everybody is
 * sent to the same node between two renewals. Thread-safe; does not block.
 */
public final class NodeChoice {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final ClusterNodes cluster;
  private final Map<String, Sent> sent = new HashMap<>();
  private volatile boolean selfLeaves;

  /** How many were sent to a node since it told its load, with a lease that ended then. */
  private record Sent(Instant told, int clients) {}

  /** A node with the sessions that it should have by now. */
  private record Candidate(NodeRow node, int sessions, int tie) {
    static final Comparator<Candidate> LEAST =
        Comparator.comparingInt(Candidate::sessions)
            .thenComparingDouble(candidate -> candidate.node().cpu())
            .thenComparingInt(Candidate::tie);
  }

  public NodeChoice(ClusterNodes cluster) {
    this.cluster = cluster;
  }

  /** This node is to be emptied, or not any more: known here before the database tells it. */
  void selfLeaves(boolean leaves) {
    selfLeaves = leaves;
  }

  /** Whether a node other than this one takes clients. */
  public boolean hasOthers() {
    return cluster.all().stream().anyMatch(this::isOtherUp);
  }

  /** The node of this id, if it takes clients and is not this one. */
  Optional<NodeRow> other(String id) {
    return cluster.find(id).filter(this::isOtherUp);
  }

  /**
   * Nodes by their load, the one with the fewest sessions first; of those that have as many, the
   * one with the least work for its processors. The first counts as chosen.
   *
   * @param limit from 1
   * @return empty if no node takes clients
   */
  public List<NodeRow> byLoad(int limit) {
    return ordered(limit, this::isUp, (node, sessions) -> true);
  }

  /** The least loaded of the others; it counts as chosen. */
  Optional<NodeRow> leastLoadedOther() {
    return leastLoadedOther((node, sessions) -> true);
  }

  /** Whether a node with so many sessions is wanted. */
  interface Wish {
    boolean grants(NodeRow node, int sessions);
  }

  /** The same, if it is wanted; only then it counts as chosen. */
  Optional<NodeRow> leastLoadedOther(Wish wish) {
    return ordered(1, this::isOtherUp, wish).stream().findFirst();
  }

  /**
   * Nodes in the order that belongs to this user: the same on every node, and as it was for those
   * that are left when others come and go (rendezvous hashing).
   *
   * @param limit from 1
   * @return empty if no node takes clients
   */
  public List<NodeRow> byUser(String user, int limit) {
    return byUser(user, limit, this::isUp);
  }

  /** The first of the user's order that is not this node. */
  Optional<NodeRow> firstOtherOf(String user) {
    return byUser(user, 1, this::isOtherUp).stream().findFirst();
  }

  private List<NodeRow> ordered(int limit, Predicate<NodeRow> among, Wish wish) {
    List<NodeRow> nodes = cluster.all().stream().filter(among).toList();
    synchronized (sent) {
      List<Candidate> ordered =
          nodes.stream()
              .map(
                  node ->
                      new Candidate(node, estimate(node), ThreadLocalRandom.current().nextInt()))
              .sorted(Candidate.LEAST)
              .limit(limit)
              .toList();
      if (ordered.isEmpty()
          || !wish.grants(ordered.getFirst().node(), ordered.getFirst().sessions())) {
        return List.of();
      }
      chosen(ordered.getFirst().node());
      return ordered.stream().map(Candidate::node).toList();
    }
  }

  /** Under the lock. */
  private void chosen(NodeRow node) {
    sent.merge(
        node.id(),
        new Sent(node.leaseUntil(), 1),
        (before, one) ->
            before.told().equals(one.told()) ? new Sent(one.told(), before.clients() + 1) : one);
  }

  /** Under the lock. */
  private int estimate(NodeRow node) {
    Sent since = sent.get(node.id());
    return since == null || !since.told().equals(node.leaseUntil())
        ? node.sessions()
        : node.sessions() + since.clients();
  }

  private List<NodeRow> byUser(String user, int limit, Predicate<NodeRow> wanted) {
    record Weighed(NodeRow node, long weight) {}
    return cluster.all().stream()
        .filter(wanted)
        .map(node -> new Weighed(node, weight(user, node.id())))
        .sorted(Comparator.comparingLong(Weighed::weight).reversed())
        .limit(limit)
        .map(Weighed::node)
        .toList();
  }

  private boolean isUp(NodeRow node) {
    return node.state() == NodeState.UP && !(selfLeaves && node.id().equals(cluster.self()));
  }

  private boolean isOtherUp(NodeRow node) {
    return node.state() == NodeState.UP && !node.id().equals(cluster.self());
  }

  /**
   * FNV-1a over both names, and then the finalizer of SplitMix64, without which names that differ
   * in their last character only would have weights that go together. All nodes must agree: never
   * to be changed.
   */
  static long weight(String user, String node) {
    long hash = FNV_OFFSET;
    for (byte one : (user + "\0" + node).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (one & 0xff)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
