package io.trunkline.gateway.uplink.jms;

import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkHandler;
import io.trunkline.invocation.CallResult;
import io.trunkline.jms.UplinkQueues;
import io.trunkline.protocol.v1.Status;

/** A service that takes calls from a queue. Thread-safe; calls block, each on a virtual thread. */
public final class JmsBackEnd implements UplinkHandler, AutoCloseable {

  private JmsBackEnd() {}

  /**
   * Makes it; whether anybody takes from the queue shows with the first call.
   *
   * @param queue its name
   * @throws IllegalArgumentException if that cannot be a queue's name, in one line
   */
  public static JmsBackEnd open(
      String service, String queue, UplinkQueues queues, CallIdentity identity) {
    return new JmsBackEnd();
  }

  @Override
  public CallResult handle(UplinkCall call) throws InterruptedException {
    return CallResult.failed(Status.UNAVAILABLE, "not there yet");
  }

  /** Nothing is kept for it: the queues are the bridge's. */
  @Override
  public void close() {}
}
