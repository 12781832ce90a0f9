package io.trunkline.gateway.uplink;

import io.trunkline.gateway.uplink.routes.Protection;
import io.trunkline.invocation.BoundedExecutor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A service in the table.
 *
 * @param guard null: nothing to look at before a call
 * @param counts the service's own, whatever its route is
 */
record Route(BackEnd backEnd, Protection protection, @Nullable Guard guard, ServiceCounts counts) {

  String name() {
    return backEnd.service().name();
  }

  @Nullable UplinkHandler handler(String method) {
    UplinkService service = backEnd.service();
    UplinkHandler handler = service.methods().get(method);
    return handler == null ? service.others().orElse(null) : handler;
  }

  /** Null: its methods run on event loops. */
  @Nullable BoundedExecutor executor() {
    return backEnd.executor();
  }

  /** Its methods never block, and nothing is to be looked at before. */
  boolean isDirect() {
    return guard == null && backEnd.executor() == null;
  }

  /** The service's own; {@link Long#MAX_VALUE} if it has none. */
  long timeoutNanos() {
    Duration timeout = protection.timeout();
    return timeout == null ? Long.MAX_VALUE : timeout.toNanos();
  }

  int maxConcurrent(UplinkConfig config) {
    Integer own = protection.maxConcurrent();
    return own == null ? config.maxConcurrent() : own;
  }

  int maxQueued(UplinkConfig config) {
    Integer own = protection.maxQueued();
    return own == null ? config.maxQueued() : own;
  }
}
