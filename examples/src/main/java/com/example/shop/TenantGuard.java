package com.example.shop;

import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkInterceptor;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps tenants apart. A client may say in header {@code tenant} whose data it means; a call that
 * means another tenant than the session belongs to is refused. Services find the session's own
 * tenant in that header, whether or not the client has set it.
 *
 * <p>A session belongs to the tenant that its token names (claim {@code tenant}); what the client
 * says of itself in its Hello counts for nothing here.
 */
final class TenantGuard implements UplinkInterceptor {
  static final String TENANT = "tenant";

  private final LongAdder refused = new LongAdder();

  @Override
  public Decision before(UplinkCall call) {
    String own =
        call.caller().session().map(SessionInfo::claims).orElse(Map.of()).getOrDefault(TENANT, "");
    String meant = call.headers().getOrDefault(TENANT, own);
    if (!meant.equals(own)) {
      return Decision.answer(
          CallResult.failed(
              Status.PERMISSION_DENIED, "you do not belong to tenant '" + meant + "'"));
    }
    if (own.isEmpty() || call.headers().containsKey(TENANT)) {
      return Decision.pass(call);
    }
    Map<String, String> headers = new HashMap<>(call.headers());
    headers.put(TENANT, own);
    return Decision.pass(call.withHeaders(headers));
  }

  /** Whoever has refused them: this guard, another interceptor, or the service itself. */
  @Override
  public void after(UplinkCall call, CallResult outcome, Duration took) {
    if (outcome.status() == Status.PERMISSION_DENIED) {
      refused.increment();
    }
  }

  /** Calls since the start that were not permitted. Any thread. */
  long refused() {
    return refused.sum();
  }
}
