package io.trunkline.gateway.session;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Session ids: UUID version 7 (RFC 9562, 5.7), so that rows of one time lie together in indexes. An
 * id is a name and no secret.
 */
final class SessionIds {
  private SessionIds() {}

  static UUID next(Instant now) {
    var random = ThreadLocalRandom.current();
    long high = now.toEpochMilli() << 16 | 0x7000 | random.nextInt(1 << 12);
    long low = random.nextLong() >>> 2 | 1L << 63;
    return new UUID(high, low);
  }

  /** When an id was made; of an id that is none of ours, any time. */
  static Instant time(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
  }
}
