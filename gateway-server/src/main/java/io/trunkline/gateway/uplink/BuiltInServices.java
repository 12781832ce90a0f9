package io.trunkline.gateway.uplink;

import io.trunkline.invocation.CallResult;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** What every gateway answers itself. */
public final class BuiltInServices {
  private BuiltInServices() {}

  /** {@code echo.echo}, {@code time.now} and the sample {@code orders}. */
  public static List<UplinkService> all(InstantSource clock) {
    return List.of(
        new UplinkService(
            "echo",
            false,
            Map.of("echo", call -> CallResult.ok(call.payload(), call.contentType()))),
        new UplinkService(
            "time",
            false,
            Map.of("now", call -> CallResult.json("{\"now\":\"" + clock.instant() + "\"}"))),
        UplinkService.of(Orders.class, new SampleOrders(clock)));
  }
}
