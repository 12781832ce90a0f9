package io.trunkline.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/** Argon2id hashes in the usual encoding, which carries salt and parameters. */
final class PasswordHash {
  /**
   * 19 MiB, 2 passes, 1 lane: the first choice of the <a
   * href="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html">OWASP
   * Password Storage Cheat Sheet</a>.
   */
  static final Argon2Function ARGON2ID = Argon2Function.getInstance(19_456, 2, 1, 32, Argon2.ID);

  private static final SecureRandom RANDOM = new SecureRandom();

  /** The hash of a random password that nobody knows, to be checked for names that do not exist. */
  static final String OF_NOBODY = hash(randomBytes(32));

  private PasswordHash() {}

  static String of(char[] password) {
    byte[] bytes = utf8(password);
    try {
      return hash(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  static boolean matches(char[] password, String hash) {
    byte[] bytes = utf8(password);
    try {
      return Argon2Function.getInstanceFromHash(hash).check(bytes, hash.getBytes(UTF_8));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static String hash(byte[] password) {
    return ARGON2ID.hash(password, randomBytes(16)).getResult();
  }

  private static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static byte[] utf8(char[] password) {
    ByteBuffer encoded = UTF_8.encode(CharBuffer.wrap(password));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes).rewind().put(new byte[bytes.length]); // No second copy is left behind.
    return bytes;
  }
}
