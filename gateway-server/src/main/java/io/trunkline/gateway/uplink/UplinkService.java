package io.trunkline.gateway.uplink;

import java.util.Map;
import java.util.Optional;

/**
 * A service that clients call, with its methods.
 *
 * @param blocking whether its methods may wait for anything. One that never does runs on the event
 *     loop itself; the others run on virtual threads, so many at a time and no more.
 * @param others takes the methods that are not named; empty: they are not found
 */
public record UplinkService(
    String name,
    boolean blocking,
    Map<String, UplinkHandler> methods,
    Optional<UplinkHandler> others) {
  public UplinkService {
    methods = Map.copyOf(methods);
  }

  public UplinkService(String name, boolean blocking, Map<String, UplinkHandler> methods) {
    this(name, blocking, methods, Optional.empty());
  }
}
