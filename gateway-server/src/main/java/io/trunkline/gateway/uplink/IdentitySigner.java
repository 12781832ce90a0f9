package io.trunkline.gateway.uplink;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.trunkline.configuration.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;

/**
 * Signs who calls what: a JWT with HS256 (RFC 7519, RFC 7518 section 3.2). Some ten microseconds a
 * call, so that nothing is cached. Thread-safe.
 */
final class IdentitySigner {
  /** RFC 7518 asks for a key no shorter than the hash. */
  private static final int MIN_KEY_BYTES = 32;

  /** Beyond the call's own deadline: clocks differ. */
  private static final long LEEWAY_SECONDS = 30;

  private static final JWSHeader HEADER =
      new JWSHeader.Builder(JWSAlgorithm.HS256).type(com.nimbusds.jose.JOSEObjectType.JWT).build();

  private final MACSigner signer;
  private final InstantSource clock;

  /**
   * @throws ConfigurationException if the key is too short
   */
  IdentitySigner(String key, InstantSource clock) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < MIN_KEY_BYTES) {
      throw new ConfigurationException(
          "setting 'uplink.identity-key' has "
              + bytes.length
              + " bytes; it must have at least "
              + MIN_KEY_BYTES);
    }
    try {
      signer = new MACSigner(bytes);
    } catch (JOSEException e) {
      throw new IllegalStateException("every Java has HMAC", e);
    }
    this.clock = clock;
  }

  /**
   * The compact form.
   *
   * @param attributes of the caller
   */
  String sign(UplinkCall call, Map<String, String> attributes) {
    Instant now = clock.instant();
    long leftNanos = Math.max(0, call.deadlineNanos() - System.nanoTime());
    var claims =
        new JWTClaimsSet.Builder()
            .issuer("trunkline")
            .audience(call.service())
            .claim("method", call.method())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plusNanos(leftNanos).plusSeconds(LEEWAY_SECONDS)));
    call.caller()
        .session()
        .ifPresentOrElse(
            session ->
                claims
                    .subject(call.caller().user())
                    .claim("device", session.device())
                    .claim("session", session.id().toString()),
            // Not a subject: an operator may have the name of some user.
            () -> claims.claim("operator", call.caller().user()));
    if (!attributes.isEmpty()) {
      claims.claim("attributes", attributes);
    }
    var jwt = new SignedJWT(HEADER, claims.build());
    try {
      jwt.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("a key that was accepted cannot sign", e);
    }
    return jwt.serialize();
  }
}
