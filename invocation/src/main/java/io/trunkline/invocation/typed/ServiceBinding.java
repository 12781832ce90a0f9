package io.trunkline.invocation.typed;

import io.trunkline.invocation.CallHandler;
import io.trunkline.invocation.IncomingCall;
import io.trunkline.invocation.payload.MethodCodecs;
import io.trunkline.invocation.payload.PayloadCodecs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An implementation of a service's interface, ready to be called from the other side.
 *
 * <p>Its handlers wait for futures that the implementation returns, so they may block: they belong
 * on a worker's thread, not on an event loop. An interrupt ends the wait. They throw what the
 * implementation throws without having declared it.
 *
 * @param name of the service
 * @param methods by their names on the wire. The plain name of an overloaded method is here too: it
 *     finds the one that the arguments fit
 */
public record ServiceBinding(String name, Map<String, CallHandler<IncomingCall>> methods) {

  public ServiceBinding {
    methods = Map.copyOf(methods);
  }

  /**
   * Binds.
   *
   * @param type the service's interface
   * @param implementation called by many threads at a time
   * @throws IllegalArgumentException if the interface cannot be a service: something about its
   *     methods, their types or exceptions. The message says what, and what to do
   */
  public static <T> ServiceBinding of(Class<T> type, T implementation, PayloadCodecs codecs) {
    ServiceContract contract = ServiceContract.of(type);
    Map<MethodContract, MethodCodecs> prepared = contract.prepare(codecs);
    Map<String, BoundMethod> bound = new HashMap<>();
    prepared.forEach(
        (method, methodCodecs) ->
            bound.put(method.wireName(), BoundMethod.of(method, methodCodecs, implementation)));
    Map<String, CallHandler<IncomingCall>> methods = new HashMap<>(bound);
    for (Map.Entry<String, List<MethodContract>> group : contract.overloaded().entrySet()) {
      List<BoundMethod> overloads =
          group.getValue().stream().map(MethodContract::wireName).sorted().map(bound::get).toList();
      methods.putIfAbsent(group.getKey(), new OverloadedMethod(group.getKey(), overloads));
    }
    return new ServiceBinding(contract.name(), methods);
  }
}
