package io.trunkline.gateway.api;

import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.persistence.OperatorStore;
import java.time.InstantSource;
import java.util.Optional;

/** Records what operators call, without the payload. */
final class CallRecords {
  private final OperatorRecords records;
  private final InstantSource clock;

  CallRecords(OperatorRecords records, InstantSource clock) {
    this.records = records;
    this.clock = clock;
  }

  /**
   * @param target the session's id or the service's name
   */
  void called(String by, String target, OutgoingCall call, CallResult result) {
    records.record(
        new OperatorStore.Action(
            clock.instant(),
            by,
            by,
            "call",
            Optional.of(target),
            "%s.%s, %d bytes".formatted(call.service(), call.method(), call.payload().size()),
            result.status().name()));
  }
}
