package io.trunkline.console;

import com.vaadin.flow.shared.Registration;
import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the living nodes for their services at intervals, once for all open pages and only while
 * there are any; and makes them read their routes. Thread-safe.
 */
final class ServiceWatch {
  private static final Logger log = LoggerFactory.getLogger(ServiceWatch.class);

  private final Background background;
  private final NodeStore nodes;
  private final NodeApi api;
  private final ActionLog actions;
  private final Set<Consumer<ServiceReport>> pages = ConcurrentHashMap.newKeySet();
  private volatile @Nullable List<NodeRow> known;

  ServiceWatch(
      Background background, Duration interval, NodeStore nodes, NodeApi api, ActionLog actions) {
    this.background = background;
    this.nodes = nodes;
    this.api = api;
    this.actions = actions;
    background.every(interval, this::look);
  }

  /**
   * Looks at once, too.
   *
   * @param page called on a virtual thread after each look
   */
  Registration subscribe(Consumer<ServiceReport> page) {
    pages.add(page);
    background.execute(this::look);
    return () -> pages.remove(page);
  }

  private void look() {
    if (!pages.isEmpty()) {
      ServiceReport report = report();
      pages.forEach(page -> page.accept(report));
    }
  }

  private ServiceReport report() {
    if (!api.hasToken()) {
      return new ServiceReport.NoToken();
    }
    boolean current = readNodes();
    List<NodeRow> asked = known;
    return asked == null
        ? new ServiceReport.NoNodes()
        : new ServiceReport.Asked(current, api.services(asked));
  }

  private boolean readNodes() {
    try {
      known = nodes.list().stream().filter(NodeRow::live).toList();
      return true;
    } catch (RuntimeException e) {
      log.warn("Nodes cannot be read: {}", e.toString());
      return false;
    }
  }

  /**
   * Makes all living nodes read their routes file now, and records it; blocks.
   *
   * @return each node's answer; empty: which nodes there are is not known
   */
  Optional<List<NodeAnswer>> reload(Operator by) {
    boolean _ = readNodes();
    List<NodeRow> asked = known;
    if (asked == null) {
      return Optional.empty();
    }
    List<NodeAnswer> answers = api.reload(asked);
    actions.record(
        by,
        "reload routes",
        asked.size() == 1 ? asked.getFirst().id() : Texts.count(asked.size()) + " nodes",
        asked.stream().map(NodeRow::id).collect(Collectors.joining(", ")),
        outcome(answers));
    background.execute(this::look);
    return Optional.of(answers);
  }

  private static String outcome(List<NodeAnswer> answers) {
    String failed =
        answers.stream()
            .filter(answer -> !(answer.result() instanceof NodeAnswer.Answered))
            .map(
                answer ->
                    (answer.result() instanceof NodeAnswer.Refused
                            ? "refused by "
                            : "no answer of ")
                        + answer.node())
            .collect(Collectors.joining(", "));
    return failed.isEmpty() ? "done" : failed;
  }
}
