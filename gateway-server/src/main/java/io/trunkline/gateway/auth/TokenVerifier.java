package io.trunkline.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.Curve;
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
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Verifies client tokens: JSON Web Tokens (RFC 7519) with an asymmetric signature, so that a
 * gateway holds nothing that could make one. Thread-safe. With a JWKS address it may block while
 * keys are fetched.
 */
public final class TokenVerifier {
  private static final Set<String> NO_ATTRIBUTES =
      Set.of(TopicGrants.CLAIM, "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "dev");

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");

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

  /** PEM of an X.509 SubjectPublicKeyInfo (RFC 7468, 13). */
  private static JWK readPublicKey(Path file) {
    try {
      String pem = Files.readString(file);
      var matcher = PEM.matcher(pem);
      if (!matcher.find()) {
        throw new ConfigurationException(
            "auth.public-key: " + file + " has no '-----BEGIN PUBLIC KEY-----' block");
      }
      var spec = new X509EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1)));
      return parse(spec);
    } catch (IOException | IllegalArgumentException | GeneralSecurityException e) {
      throw new ConfigurationException("auth.public-key: " + file + " cannot be read: " + e);
    }
  }

  private static JWK parse(X509EncodedKeySpec spec) throws GeneralSecurityException {
    try {
      return new RSAKey.Builder((RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec))
          .build();
    } catch (InvalidKeySpecException notRsa) {
      var key = (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(spec);
      return new ECKey.Builder(Curve.forECParameterSpec(key.getParams()), key).build();
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
    return new Verification.Valid(
        user,
        device,
        attributes,
        TopicGrants.of(claims.getClaim(TopicGrants.CLAIM)),
        claims.getExpirationTime().toInstant());
  }
}
