package io.trunkline.gateway.uplink;

import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.invocation.typed.ServiceBinding;
import java.util.HashMap;
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

  /**
   * A service by its Java interface. It may block. {@link UplinkCall} tells an implementation who
   * calls, by {@link io.trunkline.invocation.typed.CurrentCall}.
   *
   * @param implementation called by many threads at a time
   * @throws IllegalArgumentException if the interface cannot be a service; the message says why
   */
  public static <T> UplinkService of(Class<T> type, T implementation) {
    ServiceBinding binding = ServiceBinding.of(type, implementation, PayloadCodecs.standard());
    Map<String, UplinkHandler> methods = new HashMap<>();
    binding.methods().forEach((name, handler) -> methods.put(name, handler::handle));
    return new UplinkService(binding.name(), true, methods);
  }
}
