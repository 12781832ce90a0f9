package io.trunkline.gateway.uplink;

import java.util.Map;

/**
 * A service that clients call, with its methods.
 *
 * @param blocking whether its methods may wait for anything. One that never does runs on the event
 *     loop itself; the others run on virtual threads, so many at a time and no more.
 */
public record UplinkService(String name, boolean blocking, Map<String, UplinkHandler> methods) {
  public UplinkService {
    methods = Map.copyOf(methods);
  }
}
