package io.trunkline.gateway.cluster;

import io.trunkline.persistence.NodeStore.NodeRow;
import java.util.List;
import java.util.Optional;

/**
 * The nodes as they were when this one last renewed its lease, so that nobody asks the database for
 * them for each message. A node that has just come, or gone, is known a third of a lease later.
 * Thread-safe.
 */
public final class ClusterNodes {
  private final String self;
  private volatile List<NodeRow> known = List.of();

  /**
   * Before the first look nobody is known.
   *
   * @param self this node's id
   */
  public ClusterNodes(String self) {
    this.self = self;
  }

  void saw(List<NodeRow> rows) {
    known = List.copyOf(rows);
  }

  /** This node's id. */
  public String self() {
    return self;
  }

  /** All that the database knows, by id, those that are gone too. */
  public List<NodeRow> all() {
    return known;
  }

  /** Those whose lease ran. */
  public List<NodeRow> live() {
    return known.stream().filter(NodeRow::live).toList();
  }

  /** The node of this id, gone or not. */
  public Optional<NodeRow> find(String id) {
    return known.stream().filter(row -> row.id().equals(id)).findAny();
  }

  /** Whether no other node lived at the last look; true before the first. */
  public boolean alone() {
    for (NodeRow row : known) {
      if (row.live() && !row.id().equals(self)) {
        return false;
      }
    }
    return true;
  }
}
