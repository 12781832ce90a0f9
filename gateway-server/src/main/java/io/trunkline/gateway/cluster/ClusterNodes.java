package io.trunkline.gateway.cluster;

import io.trunkline.persistence.NodeStore.NodeRow;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The nodes as they were when this one last renewed its lease, so that nobody asks the database for
 * them for each message. A node that has just come, or gone, is known a third of a lease later.
 * Thread-safe.
 */
public final class ClusterNodes {
  private final String self;
  private volatile List<NodeRow> known = List.of();
  private final AtomicLong heard = new AtomicLong();
  private volatile long lookedInto;

  /**
   * Before the first look nobody is known.
   *
   * @param self this node's id
   */
  public ClusterNodes(String self) {
    this.self = self;
  }

  /** To be asked before the look, for {@link #saw(List, long)}. */
  long heard() {
    return heard.get();
  }

  /**
   * @param heardBefore what was {@link #heard} when the look began
   */
  void saw(List<NodeRow> rows, long heardBefore) {
    known = List.copyOf(rows);
    lookedInto = heardBefore;
  }

  void saw(List<NodeRow> rows) {
    saw(rows, heard());
  }

  /**
   * By a command: that node's row has changed, perhaps because it has just come. Until the next
   * look this node does not take itself for alone. Any thread.
   */
  public void heardOf(String node) {
    if (!node.equals(self)) {
      heard.incrementAndGet();
    }
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

  /**
   * Whether no other node lived at the last look, and none has been heard of since; true before the
   * first.
   */
  public boolean alone() {
    if (heard.get() != lookedInto) {
      return false;
    }
    for (NodeRow row : known) {
      if (row.live() && !row.id().equals(self)) {
        return false;
      }
    }
    return true;
  }
}
