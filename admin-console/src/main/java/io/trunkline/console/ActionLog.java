package io.trunkline.console;

import io.trunkline.persistence.OperatorStore;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records what operators did by the console. Thread-safe; blocks. */
final class ActionLog {
  private static final Logger log = LoggerFactory.getLogger(ActionLog.class);

  private final OperatorStore operators;

  ActionLog(OperatorStore operators) {
    this.operators = operators;
  }

  void record(Operator by, String action, String target, String detail, String outcome) {
    try {
      operators.record(
          new OperatorStore.Action(
              Instant.now(), by.name(), "console", action, Optional.of(target), detail, outcome));
    } catch (RuntimeException e) {
      // Already done: what is left is that somebody can find it in the log.
      log.error("Not recorded: {} {} {} ({}) {}", by.name(), action, target, detail, outcome, e);
    }
  }
}
