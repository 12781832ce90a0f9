package io.trunkline.invocation.typed;

import io.trunkline.invocation.payload.MethodCodecs;
import io.trunkline.invocation.payload.PayloadCodecs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/** A service's interface, read and checked. One for each interface. Thread-safe. */
final class ServiceContract {
  private static final ClassValue<ServiceContract> ALL =
      new ClassValue<>() {
        @Override
        protected ServiceContract computeValue(Class<?> type) {
          return read(type);
        }
      };

  private final Class<?> type;
  private final String name;
  private final List<MethodContract> methods;
  private final Map<PayloadCodecs, Map<MethodContract, MethodCodecs>> codecs =
      Collections.synchronizedMap(new WeakHashMap<>());

  private ServiceContract(Class<?> type, String name, List<MethodContract> methods) {
    this.type = type;
    this.name = name;
    this.methods = methods;
  }

  /**
   * Of an interface.
   *
   * @throws IllegalArgumentException if it cannot be a service; the message says why
   */
  static ServiceContract of(Class<?> type) {
    return ALL.get(type);
  }

  private static ServiceContract read(Class<?> type) {
    if (!type.isInterface() || type.isAnnotation()) {
      throw new IllegalArgumentException(type.getName() + " is not an interface");
    }
    Service named = type.getAnnotation(Service.class);
    String name = named == null ? type.getSimpleName() : named.value();
    try {
      Names.check("service", name);
      List<MethodContract> methods = new MethodReader(type).all();
      if (methods.isEmpty()) {
        throw new IllegalArgumentException("there is no method to call");
      }
      Set<String> wireNames = new HashSet<>();
      for (MethodContract method : methods) {
        if (!wireNames.add(method.wireName())) {
          throw new IllegalArgumentException(
              "two methods are '" + method.wireName() + "' on the wire: name them by @Method");
        }
      }
      return new ServiceContract(type, name, methods);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          type.getName() + " cannot be a service: " + e.getMessage(), e);
    }
  }

  String name() {
    return name;
  }

  List<MethodContract> methods() {
    return methods;
  }

  /** Those of one name in Java that go by their signatures. */
  Map<String, List<MethodContract>> overloaded() {
    Map<String, List<MethodContract>> groups = new HashMap<>();
    for (MethodContract method : methods) {
      if (method.signed()) {
        groups.computeIfAbsent(method.method().getName(), unused -> new ArrayList<>()).add(method);
      }
    }
    return groups;
  }

  /**
   * What each method can be called with, prepared once.
   *
   * @throws IllegalArgumentException if there is one that cannot be carried; the message says why
   */
  Map<MethodContract, MethodCodecs> prepare(PayloadCodecs with) {
    Map<MethodContract, MethodCodecs> prepared = codecs.get(with);
    if (prepared == null) {
      Map<MethodContract, MethodCodecs> made = new HashMap<>();
      try {
        methods.forEach(method -> made.put(method, with.prepare(method.shape())));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            type.getName() + " cannot be a service: " + e.getMessage(), e);
      }
      prepared = Map.copyOf(made);
      codecs.put(with, prepared);
    }
    return prepared;
  }
}
