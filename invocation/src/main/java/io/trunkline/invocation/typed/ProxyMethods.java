package io.trunkline.invocation.typed;

import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.invocation.typed.ProxyHandler.Invoker;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/** All that a proxy of an interface can be asked. One for each interface and set of codecs. */
final class ProxyMethods {
  private static final ClassValue<Map<PayloadCodecs, ProxyMethods>> ALL =
      new ClassValue<>() {
        @Override
        protected Map<PayloadCodecs, ProxyMethods> computeValue(Class<?> type) {
          return Collections.synchronizedMap(new WeakHashMap<>());
        }
      };

  private final Map<java.lang.reflect.Method, Invoker> invokers;

  private ProxyMethods(Map<java.lang.reflect.Method, Invoker> invokers) {
    this.invokers = invokers;
  }

  static ProxyMethods of(Class<?> type, PayloadCodecs codecs) {
    Map<PayloadCodecs, ProxyMethods> made = ALL.get(type);
    ProxyMethods methods = made.get(codecs);
    if (methods == null) {
      methods = make(type, codecs);
      made.put(codecs, methods);
    }
    return methods;
  }

  private static ProxyMethods make(Class<?> type, PayloadCodecs codecs) {
    ServiceContract contract = ServiceContract.of(type);
    Map<java.lang.reflect.Method, Invoker> invokers = new HashMap<>();
    contract
        .prepare(codecs)
        .forEach(
            (method, methodCodecs) ->
                invokers.put(
                    method.method(), RemoteMethod.of(contract.name(), method, methodCodecs)));
    for (java.lang.reflect.Method method : type.getMethods()) {
      if (!Modifier.isAbstract(method.getModifiers())
          && !Modifier.isStatic(method.getModifiers())) {
        invokers.put(method, body(method));
      }
    }
    ofObject(type.getSimpleName() + " (service '" + contract.name() + "')", invokers);
    return new ProxyMethods(invokers);
  }

  private static Invoker body(java.lang.reflect.Method method) {
    Class<?> declaring = method.getDeclaringClass();
    try {
      MethodHandle body =
          MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
              .unreflectSpecial(method, declaring)
              .asFixedArity()
              .asSpreader(Object[].class, method.getParameterCount())
              .asType(MethodType.methodType(Object.class, Object.class, Object[].class));
      return (handler, proxy, arguments) -> (Object) body.invokeExact(proxy, arguments);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(method + " cannot be reached: open its package", e);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
  private static void ofObject(String words, Map<java.lang.reflect.Method, Invoker> invokers) {
    try {
      invokers.put(
          Object.class.getMethod("equals", Object.class),
          (handler, proxy, arguments) -> proxy == arguments[0]);
      invokers.put(
          Object.class.getMethod("hashCode"),
          (handler, proxy, arguments) -> System.identityHashCode(proxy));
      invokers.put(Object.class.getMethod("toString"), (handler, proxy, arguments) -> words);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  Invoker of(java.lang.reflect.Method method) {
    Invoker invoker = invokers.get(method);
    if (invoker == null) {
      throw new IllegalStateException(method + " was not there when the proxy was made");
    }
    return invoker;
  }
}
