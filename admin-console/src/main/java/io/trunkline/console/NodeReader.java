package io.trunkline.console;

import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the nodes, and keeps in mind how many sessions each drain began with: the database has only
 * what is left. Thread-safe; blocks.
 */
final class NodeReader {
  private static final Logger log = LoggerFactory.getLogger(NodeReader.class);

  private final NodeStore nodes;
  private final Map<String, NodeReport.Drain> drains = new ConcurrentHashMap<>();

  NodeReader(NodeStore nodes) {
    this.nodes = nodes;
  }

  NodeReport read() {
    List<NodeRow> rows;
    try {
      rows = nodes.list();
    } catch (RuntimeException e) {
      log.warn("Nodes cannot be read: {}", e.toString());
      return new NodeReport.Unreadable();
    }
    int most = rows.stream().filter(NodeRow::live).mapToInt(NodeRow::sessions).max().orElse(0);
    drains.keySet().retainAll(rows.stream().map(NodeRow::id).toList());
    return new NodeReport.Read(
        rows.stream().map(row -> new NodeReport.Line(row, most, drain(row))).toList());
  }

  private Optional<NodeReport.Drain> drain(NodeRow row) {
    if (row.drainingSince().isEmpty()) {
      drains.remove(row.id());
      return Optional.empty();
    }
    var now = new NodeReport.Drain(row.drainingSince().get(), row.sessions());
    return Optional.of(drains.merge(row.id(), now, NodeReader::further));
  }

  private static NodeReport.Drain further(NodeReport.Drain before, NodeReport.Drain now) {
    return before.since().equals(now.since()) && before.from() > now.from() ? before : now;
  }
}
