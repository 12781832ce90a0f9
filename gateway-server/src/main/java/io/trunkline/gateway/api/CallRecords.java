package io.trunkline.gateway.api;

import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.persistence.OperatorStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what operators call, without the payload. Nobody waits for it: calls go on while the
 * database is away, and what could not be recorded then stands in the log.
 */
final class CallRecords {
  private static final Logger log = LoggerFactory.getLogger(CallRecords.class);
  private static final int MAX_UNDER_WAY = 64;

  private final OperatorStore operators;
  private final InstantSource clock;
  private final Semaphore room = new Semaphore(MAX_UNDER_WAY);

  CallRecords(OperatorStore operators, InstantSource clock) {
    this.operators = operators;
    this.clock = clock;
  }

  /**
   * @param target the session's id or the service's name
   */
  void called(String by, String target, OutgoingCall call, CallResult result) {
    var action =
        new OperatorStore.Action(
            clock.instant(),
            by,
            by,
            "call",
            Optional.of(target),
            "%s.%s, %d bytes".formatted(call.service(), call.method(), call.payload().size()),
            result.status().name());
    if (!room.tryAcquire()) {
      log.error("not recorded, too many wait for the database: {}", action);
      return;
    }
    Thread.ofVirtual()
        .name("call-record")
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
