package io.trunkline.gateway.session;

import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.Caller;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.protocol.v1.Status;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Calls the client of one session, over whatever connection of it this node holds at the time of
 * the call: it may be kept while the client comes and goes. While it is away, or on another node,
 * the outcome is {@code UNAVAILABLE}.
 */
public final class SessionCaller implements Caller {
  private final SessionRegistry registry;
  private final UUID id;

  public SessionCaller(SessionRegistry registry, UUID id) {
    this.registry = registry;
    this.id = id;
  }

  @Override
  public CompletableFuture<CallResult> call(OutgoingCall call) {
    return onSession(calls -> calls.call(call));
  }

  @Override
  public CompletableFuture<CallResult> callOneWay(OutgoingCall call) {
    return onSession(calls -> calls.callOneWay(call));
  }

  @Override
  public boolean mayWait() {
    return registry.find(id).map(session -> session.calls().mayWait()).orElse(true);
  }

  private CompletableFuture<CallResult> onSession(
      Function<SessionCalls, CompletableFuture<CallResult>> way) {
    return registry
        .find(id)
        .map(session -> way.apply(session.calls()))
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    CallResult.failed(
                        Status.UNAVAILABLE, "session " + id + " is not connected here")));
  }
}
