package io.trunkline.client;

import io.trunkline.invocation.BoundedExecutor;
import io.trunkline.invocation.CallHandler;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The services of one client for the gateway, over all its connections. Thread-safe. */
final class OfferedServices {

  /** With its own bounds, so that a stuck one holds up nobody else. */
  record Service(Map<String, CallHandler<ServerCall>> methods, BoundedExecutor executor) {}

  private final Map<String, Service> services = new HashMap<>();

  /**
   * @param executor runs what the services do; not asked for a thread before the first call
   */
  OfferedServices(
      Map<String, Map<String, CallHandler<ServerCall>>> offered,
      ServeLimits limits,
      Executor executor) {
    offered.forEach(
        (name, methods) ->
            services.put(
                name,
                new Service(
                    methods,
                    new BoundedExecutor(executor, limits.maxConcurrent(), limits.maxQueued()))));
  }

  @Nullable Service find(String name) {
    return services.get(name);
  }
}
