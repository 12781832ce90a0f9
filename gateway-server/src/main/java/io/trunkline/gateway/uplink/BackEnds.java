package io.trunkline.gateway.uplink;

import io.trunkline.gateway.uplink.routes.BackEndSpec;

/** Opens the back ends that the routes file names. */
@FunctionalInterface
public interface BackEnds {

  /** For gateways without any: the routes file can only set bounds of in-process services. */
  BackEnds NONE =
      (service, spec) -> {
        throw new IllegalArgumentException("this gateway opens no " + spec.kind() + " back ends");
      };

  /**
   * Opens one. Not on an event loop.
   *
   * @param spec any but {@link BackEndSpec.InProcess}
   * @throws IllegalArgumentException if it cannot be as it was written, in words for the person who
   *     wrote it
   */
  Opened open(String service, BackEndSpec spec);

  /**
   * An open back end.
   *
   * @param handler for all methods; may block
   * @param closing called once, when no call needs it any more
   */
  record Opened(UplinkHandler handler, AutoCloseable closing) {}
}
