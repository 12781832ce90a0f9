package io.trunkline.gateway.uplink;

import io.trunkline.invocation.CallOrigin;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.RequestFrame;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to its one outcome. On its origin's event loop.
 *
 * @param passage past the interceptors; null: there are none
 */
record Arrival(CallOrigin origin, RequestFrame request, Interceptors.@Nullable Passage passage) {

  /** Within a read, at whose end the answers to all that was read leave in one flush. */
  void answerNow(CallResult result) {
    over(result);
    if (!request.oneWay()) {
      origin.respondInRead(request.seq(), result);
    }
  }

  /** Later. */
  void answer(CallResult result) {
    over(result);
    if (!request.oneWay()) {
      origin.respond(result.toResponse(request.seq()));
    }
  }

  private void over(CallResult result) {
    if (passage != null) {
      passage.after(result);
    }
  }
}
