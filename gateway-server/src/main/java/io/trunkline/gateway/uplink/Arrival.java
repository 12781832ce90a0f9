package io.trunkline.gateway.uplink;

import io.trunkline.invocation.CallOrigin;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to its one outcome. On its origin's event loop.
 *
 * @param passage past the interceptors; null: there are none
 */
record Arrival(CallOrigin origin, Request request, Interceptors.@Nullable Passage passage) {

  /** Within a read, at whose end the answers to all that was read leave in one flush. */
  void answerNow(CallResult result) {
    over(result);
    if (!request.getOneWay()) {
      origin.respondInRead(request.getSeq(), result);
    }
  }

  /** Later. */
  void answer(CallResult result) {
    over(result);
    if (!request.getOneWay()) {
      origin.respond(result.toResponse(request.getSeq()));
    }
  }

  private void over(CallResult result) {
    if (passage != null) {
      passage.after(result);
    }
  }
}
