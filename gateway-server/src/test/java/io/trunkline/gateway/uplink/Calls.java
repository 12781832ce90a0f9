package io.trunkline.gateway.uplink;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.auth.TopicGrants;
import io.trunkline.gateway.session.SessionInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Calls of a client, as back ends get them. */
public final class Calls {
  public static final UUID SESSION = UUID.fromString("0193a1b2-0000-7000-8000-000000000001");

  private Calls() {}

  public static UplinkCall json(String service, String method, String payload) {
    return of(service, method, payload, "application/json", Map.of(), Duration.ofSeconds(10));
  }

  public static UplinkCall within(Duration time, String service, String method, String payload) {
    return of(service, method, payload, "application/json", Map.of(), time);
  }

  public static UplinkCall of(
      String service,
      String method,
      String payload,
      String contentType,
      Map<String, String> headers,
      Duration time) {
    return of(caller("alice"), service, method, payload, contentType, headers, time);
  }

  public static UplinkCall of(
      UplinkCaller caller,
      String service,
      String method,
      String payload,
      String contentType,
      Map<String, String> headers,
      Duration time) {
    return new UplinkCall(
        caller,
        service,
        method,
        ByteString.copyFromUtf8(payload),
        contentType,
        headers,
        System.nanoTime() + time.toNanos());
  }

  /** With claim {@code shop-id} and, by the client's own word only, {@code role}. */
  public static UplinkCaller caller(String user) {
    return new UplinkCaller(
        user,
        Optional.of(
            new SessionInfo(
                SESSION,
                user,
                "phone 1",
                "shop",
                "1.2",
                "android",
                Map.of("shop-id", "7", "role", "admin"),
                Map.of("shop-id", "7"),
                TopicGrants.NONE,
                "tcp",
                "10.0.0.1:4000",
                Instant.parse("2026-03-02T12:00:00Z"))));
  }
}
