package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.auth.TopicGrants;
import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkCaller;
import io.trunkline.gateway.uplink.UplinkInterceptor.Decision;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TenantGuardTest {
  private final TenantGuard guard = new TenantGuard();

  private static UplinkCall call(Map<String, String> claims, Map<String, String> headers) {
    var session =
        new SessionInfo(
            UUID.randomUUID(),
            "alice",
            "till-1",
            "till",
            "1",
            "linux",
            Map.of("tenant", "said by the client"),
            claims,
            TopicGrants.NONE,
            "tcp",
            "127.0.0.1:1",
            Instant.EPOCH);
    return new UplinkCall(
        new UplinkCaller("alice", Optional.of(session)),
        "stock",
        "list",
        ByteString.EMPTY,
        "application/json",
        headers,
        0);
  }

  private static Map<String, String> tenant(String name) {
    return Map.of("tenant", name);
  }

  @Test
  void ownTenant_passes_unchanged() {
    UplinkCall call = call(tenant("east"), Map.of("tenant", "east", "trace", "1"));
    assertThat(guard.before(call)).isEqualTo(Decision.pass(call));
  }

  @Test
  void otherTenant_isRefused_andNamed() {
    assertThat(guard.before(call(tenant("east"), tenant("west"))))
        .isInstanceOfSatisfying(
            Decision.Answer.class,
            answer -> {
              assertThat(answer.outcome().status()).isEqualTo(Status.PERMISSION_DENIED);
              assertThat(answer.outcome().message()).contains("'west'");
            });
  }

  @Test
  void tenantClaimedWithoutHavingOne_isRefused() {
    assertThat(guard.before(call(Map.of(), tenant("west")))).isInstanceOf(Decision.Answer.class);
    assertThat(guard.before(call(tenant("east"), tenant("")))).isInstanceOf(Decision.Answer.class);
  }

  @Test
  void callThatNamesNone_isGivenTheSessionsOwn_besideItsOtherHeaders() {
    assertThat(guard.before(call(tenant("east"), Map.of("trace", "1"))))
        .isInstanceOfSatisfying(
            Decision.Pass.class,
            pass ->
                assertThat(pass.call().headers())
                    .isEqualTo(Map.of("tenant", "east", "trace", "1")));
  }

  @Test
  void callsThatAreNotPermitted_areCounted_whoeverRefusedThem() {
    UplinkCall call = call(tenant("east"), Map.of());
    guard.after(call, CallResult.failed(Status.PERMISSION_DENIED, "no"), Duration.ZERO);
    guard.after(call, CallResult.failed(Status.BUSY, "later"), Duration.ZERO);
    guard.after(call, CallResult.json("1"), Duration.ZERO);
    assertThat(guard.refused()).isEqualTo(1);
  }

  @Test
  void sessionWithoutTenant_passes_ifItClaimsNone() {
    UplinkCall call = call(Map.of(), Map.of());
    assertThat(guard.before(call)).isEqualTo(Decision.pass(call));
  }
}
