package io.trunkline.gateway.session;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * What a client shows to get its session back: the session's id (16 bytes, big-endian) and a secret
 * of 256 random bits. The id finds the session and is no secret; of the secret only the hash is
 * kept anywhere. A hash without salt or stretching is enough for something that cannot be guessed.
 */
record ResumeToken(UUID session, ByteString secret) {
  private static final int ID_BYTES = 16;
  private static final int SECRET_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new one. Not on an event loop: the source of randomness may have to be waited for. */
  static ResumeToken next(UUID session) {
    byte[] secret = new byte[SECRET_BYTES];
    RANDOM.nextBytes(secret);
    return new ResumeToken(session, ByteString.copyFrom(secret));
  }

  /** Empty if this cannot be one. */
  static Optional<ResumeToken> read(ByteString token) {
    if (token.size() != ID_BYTES + SECRET_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = token.asReadOnlyByteBuffer();
    return Optional.of(
        new ResumeToken(new UUID(bytes.getLong(), bytes.getLong()), token.substring(ID_BYTES)));
  }

  ByteString wire() {
    ByteBuffer id = ByteBuffer.allocate(ID_BYTES);
    id.putLong(session.getMostSignificantBits()).putLong(session.getLeastSignificantBits()).flip();
    return ByteString.copyFrom(id).concat(secret);
  }

  /** SHA-256 of the secret, in hexadecimal. */
  String hash() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  @Override
  public String toString() {
    return "resume token of session " + session;
  }
}
