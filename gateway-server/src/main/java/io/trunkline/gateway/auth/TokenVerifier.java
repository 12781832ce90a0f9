package io.trunkline.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSAlgorithmFamilyJWSKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.trunkline.configuration.ConfigurationException;
import io.trunkline.protocol.WireLimits;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies client tokens: JSON Web Tokens (RFC 7519) with an asymmetric signature, so that a
 * gateway holds nothing that could make one. Thread-safe. With a JWKS address it may block while
 * keys are fetched.
 */
public final class TokenVerifier {
  private static final Set<String> NO_ATTRIBUTES =
      Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "dev");

  private final DefaultJWTProcessor<SecurityContext> processor;
  private final InstantSource clock;
  private final long skewSeconds;

  /**
   * @throws ConfigurationException if there is not exactly one source of keys, or it cannot be read
   */
  public TokenVerifier(AuthConfig config, InstantSource clock) {
    this.clock = clock;
    this.skewSeconds = config.clockSkew().toSeconds();
    JWKSource<SecurityContext> keys = keys(config);
    processor = new DefaultJWTProcessor<>();
    processor.setJWSKeySelector(
        new JWSAlgorithmFamilyJWSKeySelector<>(JWSAlgorithm.Family.SIGNATURE, keys));
    var claims =
        new DefaultJWTClaimsVerifier<SecurityContext>(
            config.audience().orElse(null),
            config
                .issuer()
                .map(issuer -> new JWTClaimsSet.Builder().issuer(issuer).build())
                .orElse(null),
            Set.of("sub", "exp")) {
          @Override
          protected Date currentTime() {
            return Date.from(TokenVerifier.this.clock.instant());
          }
        };
    claims.setMaxClockSkew((int) skewSeconds);
    processor.setJWTClaimsSetVerifier(claims);
  }

  private static JWKSource<SecurityContext> keys(AuthConfig config) {
    if (config.publicKey().isPresent() == config.jwksUrl().isPresent()) {
      throw new ConfigurationException(
          "set exactly one of 'auth.public-key' and 'auth.jwks-url': who signs the clients' tokens");
    }
    if (config.publicKey().isPresent()) {
      return new ImmutableJWKSet<>(new JWKSet(readPublicKey(config.publicKey().get())));
    }
    try {
      return JWKSourceBuilder.create(config.jwksUrl().get().toURL()).retrying(true).build();
    } catch (MalformedURLException | IllegalArgumentException e) {
      throw new ConfigurationException("setting 'auth.jwks-url': " + e.getMessage());
    }
  }

  private static JWK readPublicKey(Path file) {
    try {
      JWK key = JWK.parseFromPEMEncodedObjects(Files.readString(file)).toPublicJWK();
      if (key instanceof RSAKey || key instanceof ECKey) {
        return key;
      }
      throw new ConfigurationException("auth.public-key: " + file + " is not an RSA or EC key");
    } catch (IOException | JOSEException e) {
      throw new ConfigurationException("auth.public-key: " + file + " cannot be read: " + e);
    }
  }

  /** Whose token it is, or why it is nobody's. */
  public Verification verify(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      Optional<Instant> expiry =
          Optional.ofNullable(jwt.getJWTClaimsSet().getExpirationTime()).map(Date::toInstant);
      JWTClaimsSet claims;
      try {
        claims = processor.process(jwt, null);
      } catch (BadJOSEException e) {
        boolean expired =
            expiry.isPresent()
                && expiry.get().plusSeconds(skewSeconds).isBefore(clock.instant())
                && String.valueOf(e.getMessage()).startsWith("Expired");
        return expired
            ? new Verification.Expired(expiry.get())
            : new Verification.Invalid(String.valueOf(e.getMessage()));
      }
      return valid(claims);
    } catch (ParseException e) {
      return new Verification.Invalid("not a signed JWT");
    } catch (KeySourceException e) {
      return new Verification.Unavailable(String.valueOf(e.getMessage()));
    } catch (JOSEException e) {
      return new Verification.Invalid(String.valueOf(e.getMessage()));
    }
  }

  private static Verification valid(JWTClaimsSet claims) {
    String user = claims.getSubject();
    if (user == null
        || user.isEmpty()
        || user.length() > WireLimits.MAX_NAME_BYTES
        || user.chars().anyMatch(Character::isISOControl)) {
      return new Verification.Invalid("'sub' is empty, too long or has control characters");
    }
    Map<String, String> attributes = new HashMap<>();
    claims
        .getClaims()
        .forEach(
            (name, value) -> {
              if (!NO_ATTRIBUTES.contains(name)
                  && (value instanceof String
                      || value instanceof Number
                      || value instanceof Boolean)) {
                attributes.put(name, value.toString());
              }
            });
    Optional<String> device = Optional.ofNullable(claims.getClaim("dev")).map(Object::toString);
    return new Verification.Valid(user, device, attributes, claims.getExpirationTime().toInstant());
  }
}
