package io.trunkline.gateway.uplink;

import io.trunkline.gateway.uplink.Guard.Verdict.Admitted;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way through a route that blocks: it holds the back end, and settles with all that
 * let it through when it has its outcome, which is on the origin's event loop.
 */
final class RoutedCall implements UplinkHandler, Consumer<CallResult> {
  private final Arrival arrival;
  private final Route route;
  private final UplinkHandler handler;
  private final @Nullable Admitted admitted;
  private long hadNs;
  private volatile boolean begun;

  /**
   * One that has entered the back end.
   *
   * @param admitted null: the route has no guard
   */
  RoutedCall(Arrival arrival, Route route, UplinkHandler handler, @Nullable Admitted admitted) {
    this.arrival = arrival;
    this.route = route;
    this.handler = handler;
    this.admitted = admitted;
  }

  /**
   * Before it is handed over.
   *
   * @param timeNs that it was given
   */
  void starts(long timeNs) {
    hadNs = timeNs;
    route.counts().began();
  }

  @Override
  public CallResult handle(UplinkCall call) throws Exception {
    begun = true;
    return handler.handle(call);
  }

  /** The one outcome. */
  @Override
  public void accept(CallResult result) {
    route.counts().ended(result.status());
    if (admitted != null) {
      // The back end may say BUSY as well, but then it has had the call.
      if (!begun && result.status() == Status.BUSY) {
        admitted.refused();
      } else {
        admitted.ended(result.status(), hadNs, route.timeoutNanos());
      }
    }
    route.backEnd().leave();
    arrival.answer(result);
  }
}
