package io.trunkline.console;

import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the database says of the nodes. */
sealed interface NodeReport {

  /** All nodes, by id. */
  record Read(List<Line> lines) implements NodeReport {
    public Read {
      lines = List.copyOf(lines);
    }

    long count(NodeState state) {
      return lines.stream().filter(line -> line.row().state() == state).count();
    }

    long sessions() {
      return lines.stream().map(Line::row).filter(NodeRow::live).mapToLong(NodeRow::sessions).sum();
    }

    /** Where clients of this node could go: those that are UP, without it. */
    List<String> othersUp(String node) {
      return lines.stream()
          .map(Line::row)
          .filter(row -> row.state() == NodeState.UP && !row.id().equals(node))
          .map(NodeRow::id)
          .toList();
    }
  }

  /** The database does not answer. */
  record Unreadable() implements NodeReport {}

  /**
   * A node beside the others.
   *
   * @param most sessions of the node that has most of them
   * @param drain set while it is drained
   */
  record Line(NodeRow row, int most, Optional<Drain> drain) {}

  /**
   * How far a drain is.
   *
   * @param from the most sessions that were seen since it began
   */
  record Drain(Instant since, int from) {}
}
