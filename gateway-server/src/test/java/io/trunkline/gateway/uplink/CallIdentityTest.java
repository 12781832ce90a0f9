package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import io.trunkline.configuration.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallIdentityTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private static CallIdentity identity(String... attributes) {
    return CallIdentity.of(List.of(attributes), Optional.of(KEY), InstantSource.fixed(NOW));
  }

  private static UplinkCall call(Map<String, String> headers) {
    return Calls.of("orders", "get", "{}", "application/json", headers, Duration.ofSeconds(10));
  }

  private static Map<String, String> headers(Map<String, String> given) {
    return identity("shop-id", "role").headers(call(given));
  }

  @Test
  void attribute_travels_onlyIfTheTokenSaysIt() {
    assertThat(headers(Map.of()))
        .containsEntry("tl-attr-shop-id", "7")
        .doesNotContainKey("tl-attr-role");
    assertThat(identity("shop-id").properties(call(Map.of())))
        .containsEntry("tl_attr_shop_id", "7");
    assertThat(identity().headers(call(Map.of()))).doesNotContainKey("tl-attr-shop-id");
  }

  @Test
  void propertiesOfJms_haveTheValuesAsTheyAre() {
    Map<String, String> properties =
        identity()
            .properties(
                Calls.of(
                    Calls.caller("ålice"),
                    "orders",
                    "get",
                    "",
                    "text/plain",
                    Map.of("tl_user", "root", "x-app-a", "b"),
                    Duration.ofSeconds(1)));

    assertThat(properties)
        .containsEntry("tl_user", "ålice")
        .containsEntry("tl_device", "phone 1")
        .containsEntry("tl_session", Calls.SESSION.toString())
        .containsOnlyKeys("tl_user", "tl_device", "tl_session", "traceparent", "tl_identity");
  }

  @ParameterizedTest
  @CsvSource({
    "tl-user",
    "TL-Session",
    "tl_user",
    "host",
    "Content-Length",
    "transfer-encoding",
    "connection",
    "Authorization",
    "cookie",
    "forwarded",
    "x-forwarded-for",
    "X-Real-Ip",
    "x-remote-user",
    "x-http-method-override",
    "x-app-",
    "x-app-a b",
    "'x-app-a\r\nb'"
  })
  void headerThatAClientSet_staysBehind(String name) {
    assertThat(headers(Map.of(name, "forged")).values()).doesNotContain("forged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-App-Screen", "idempotency-key", "Accept-Language"})
  void headerThatGrantsNothing_passes(String name) {
    assertThat(headers(Map.of(name, " a b "))).containsValue("a b");
    assertThat(headers(Map.of(name, "a\nb")).values()).noneMatch(value -> value.contains("\n"));
  }

  @Test
  void clientsHeaders_areBounded() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      many.put("x-app-" + i, "v");
    }
    assertThat(headers(many).keySet()).filteredOn(name -> name.startsWith("x-app-")).hasSize(16);
  }

  @ParameterizedTest
  @CsvSource({
    "alice, alice",
    "a b, a%20b",
    "100%, 100%25",
    "'a\r\nb', a%0D%0Ab",
    "é, %C3%A9",
    "😀, %F0%9F%98%80"
  })
  void headerText_canBeDecodedByAnybody(String text, String encoded) {
    assertThat(HeaderText.encode(text)).isEqualTo(encoded);
    assertThat(java.net.URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8))
        .isEqualTo(text);
  }

  @Test
  void traceOfTheClient_goesOn() {
    assertThat(headers(Map.of("Traceparent", TRACE, "TRACESTATE", "a=b")))
        .containsEntry("traceparent", TRACE)
        .containsEntry("tracestate", "a=b");
    assertThat(headers(Map.of("traceparent", "cc" + TRACE.substring(2) + "-what")))
        .as("a version to come")
        .containsEntry("traceparent", "cc" + TRACE.substring(2) + "-what");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nx: y",
      })
  void traceThatIsNone_isReplaced_andItsStateDropped(String given) {
    Map<String, String> headers = headers(Map.of("traceparent", given, "tracestate", "a=b"));

    assertThat(headers.get("traceparent"))
        .isNotEqualTo(given)
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    assertThat(headers).doesNotContainKey("tracestate");
    assertThat(headers(Map.of()).get("traceparent")).isNotEqualTo(headers.get("traceparent"));
  }

  @Test
  void signature_isOverCallerAndCall_andExpiresSoonAfterTheDeadline() throws Exception {
    SignedJWT jwt = SignedJWT.parse(headers(Map.of()).get("tl-identity"));

    assertThat(jwt.verify(new MACVerifier(KEY))).isTrue();
    assertThat(jwt.verify(new MACVerifier("x" + KEY))).isFalse();
    var claims = jwt.getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo("trunkline");
    assertThat(claims.getSubject()).isEqualTo("alice");
    assertThat(claims.getAudience()).containsExactly("orders");
    assertThat(claims.getStringClaim("method")).isEqualTo("get");
    assertThat(claims.getStringClaim("device")).isEqualTo("phone 1");
    assertThat(claims.getStringClaim("session")).isEqualTo(Calls.SESSION.toString());
    assertThat(claims.getClaim("attributes")).isEqualTo(Map.of("shop-id", "7"));
    assertThat(claims.getIssueTime()).isEqualTo(NOW);
    assertThat(claims.getExpirationTime()).isBetween(NOW.plusSeconds(35), NOW.plusSeconds(41));
  }

  @Test
  void operator_isNobodysUser() throws Exception {
    Map<String, String> headers =
        identity("shop-id")
            .headers(
                Calls.of(
                    UplinkCaller.operator("alice"),
                    "orders",
                    "get",
                    "",
                    "text/plain",
                    Map.of(),
                    Duration.ofSeconds(1)));

    assertThat(headers)
        .containsEntry("tl-operator", "alice")
        .doesNotContainKeys("tl-user", "tl-session", "tl-device");
    var claims = SignedJWT.parse(headers.get("tl-identity")).getJWTClaimsSet();
    assertThat(claims.getSubject()).isNull();
    assertThat(claims.getStringClaim("operator")).isEqualTo("alice");
  }

  @Test
  void withoutAKey_nothingIsSigned() {
    CallIdentity unsigned = CallIdentity.of(List.of(), Optional.empty(), InstantSource.system());

    assertThat(unsigned.headers(call(Map.of()))).doesNotContainKey("tl-identity");
  }

  @Test
  void settingsThatCannotWork_areRefusedByName() {
    assertThatThrownBy(
            () -> CallIdentity.of(List.of(), Optional.of(KEY.substring(1)), InstantSource.system()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'uplink.identity-key' has 31 bytes")
        .hasMessageNotContaining(KEY.substring(1));
    assertThatThrownBy(() -> identity("a b"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'uplink.identity-attributes': 'a b'");
    assertThatThrownBy(() -> identity("shop_id", "shop-id"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'shop-id'");
  }
}
