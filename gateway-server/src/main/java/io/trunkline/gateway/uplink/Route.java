package io.trunkline.gateway.uplink;

import io.trunkline.invocation.BoundedExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A service in the table.
 *
 * @param executor null: its methods run on event loops
 */
record Route(UplinkService service, @Nullable BoundedExecutor executor) {

  @Nullable UplinkHandler handler(String method) {
    UplinkHandler handler = service.methods().get(method);
    return handler == null ? service.others().orElse(null) : handler;
  }
}
