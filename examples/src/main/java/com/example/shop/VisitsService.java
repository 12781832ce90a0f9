package com.example.shop;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkService;
import io.trunkline.invocation.CallResult;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Service {@code visits}: {@code count} answers the connects by platform, {@code refused} how many
 * calls were not permitted, {@code tenant} the caller's tenant. None of them waits for anything, so
 * they run on event loops.
 */
final class VisitsService {
  private VisitsService() {}

  static UplinkService of(ConnectWatch watch, TenantGuard guard) {
    return new UplinkService(
        "visits",
        false,
        Map.of(
            "count", _ -> count(watch),
            "refused", _ -> text(Long.toString(guard.refused())),
            "tenant", VisitsService::tenant));
  }

  private static CallResult count(ConnectWatch watch) {
    return text(
        watch.connects().entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining("\n")));
  }

  private static CallResult tenant(UplinkCall call) {
    return text(call.headers().getOrDefault(TenantGuard.TENANT, "none"));
  }

  private static CallResult text(String text) {
    return CallResult.ok(ByteString.copyFromUtf8(text), "text/plain");
  }
}
