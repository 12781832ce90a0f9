package io.trunkline.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A key pair of a local installation that signs client tokens for trying things out; elsewhere an
 * identity provider does. RSA, because a gateway verifies far more often than anybody signs, and of
 * the usual signatures RSA's is the cheapest to verify.
 */
public final class DevelopmentKey {
  private static final int KEY_BITS = 2048;
  private static final String PRIVATE = "token-key.json";
  private static final String PUBLIC = "token-key.pub.pem";

  private final RSAKey key;

  private DevelopmentKey(RSAKey key) {
    this.key = key;
  }

  /** Makes the pair in a folder: the private key for its owner only, the public one as PEM. */
  public static void create(Path folder) throws IOException {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(KEY_BITS);
      var pair = generator.generateKeyPair();
      var key =
          new RSAKey.Builder((RSAPublicKey) pair.getPublic()).privateKey(pair.getPrivate()).build();
      String body =
          Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(pair.getPublic().getEncoded());
      Files.writeString(
          publicKey(folder),
          "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n");
      Path file = folder.resolve(PRIVATE);
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, key.toJSONString());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has RSA", e);
    }
  }

  /** Whether a whole pair is there. */
  public static boolean exists(Path folder) {
    return Files.exists(folder.resolve(PRIVATE)) && Files.exists(publicKey(folder));
  }

  /** Where the public key is. */
  public static Path publicKey(Path folder) {
    return folder.resolve(PUBLIC);
  }

  /**
   * @throws IOException if there is none, or it is not readable
   */
  public static DevelopmentKey read(Path folder) throws IOException {
    Path file = folder.resolve(PRIVATE);
    try {
      return new DevelopmentKey(RSAKey.parse(Files.readString(file, StandardCharsets.UTF_8)));
    } catch (ParseException e) {
      throw new IOException(file + " holds no key", e);
    }
  }

  /**
   * A token.
   *
   * @param attributes further claims
   */
  public String sign(
      String user, Optional<String> device, Map<String, String> attributes, Duration ttl) {
    Instant now = Instant.now();
    var claims =
        new JWTClaimsSet.Builder()
            .subject(user)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(ttl)))
            .jwtID(UUID.randomUUID().toString());
    device.ifPresent(id -> claims.claim("dev", id));
    attributes.forEach(claims::claim);
    var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims.build());
    try {
      jwt.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("a key that was made here cannot sign", e);
    }
    return jwt.serialize();
  }
}
