package io.trunkline.gateway.api;

import io.trunkline.persistence.OperatorStore;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what operators did where nobody may wait for it: what needs no database goes on while
 * that is away, and what could not be recorded then stands in the log. Thread-safe.
 */
final class OperatorRecords {
  private static final Logger log = LoggerFactory.getLogger(OperatorRecords.class);
  private static final int MAX_UNDER_WAY = 64;

  private final OperatorStore operators;
  private final Semaphore room = new Semaphore(MAX_UNDER_WAY);

  OperatorRecords(OperatorStore operators) {
    this.operators = operators;
  }

  /** Soon; does not block. */
  void record(OperatorStore.Action action) {
    if (!room.tryAcquire()) {
      log.error("not recorded, too many wait for the database: {}", action);
      return;
    }
    Thread.ofVirtual()
        .name("operator-record")
        .start(
            () -> {
              try {
                operators.record(action);
              } catch (RuntimeException e) {
                log.error("not recorded: {}", action, e);
              } finally {
                room.release();
              }
            });
  }
}
