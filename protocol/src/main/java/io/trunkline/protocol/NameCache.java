package io.trunkline.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Short ASCII texts that come again and again (services, methods, media types), so that they are
 * not made anew each time. Each has one place, by a hash with a secret of its own; a newer text
 * takes the place of an older one. So it never grows, nobody can aim at a place, and who sends many
 * different names costs others at most that one of theirs is made anew now and then, as it would be
 * without this. For one thread.
 */
final class NameCache {
  /** Longer ones are made anew each time. */
  static final int MAX_BYTES = WireLimits.MAX_NAME_BYTES;

  private static final int PLACES = 256;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final @Nullable KnownText[] names = new @Nullable KnownText[PLACES];
  private final long secret = ThreadLocalRandom.current().nextLong();

  /** The text of these bytes; null: they are not ASCII. */
  @Nullable String text(byte[] from, int start, int length) {
    if (length == 0) {
      return "";
    }
    if (length > MAX_BYTES) {
      return ascii(from, start, length);
    }
    int place = place(from, start, length);
    KnownText known = names[place];
    if (known != null
        && Arrays.equals(known.bytes, 0, known.bytes.length, from, start, start + length)) {
      return known.text;
    }
    String text = ascii(from, start, length);
    if (text != null) {
      names[place] = new KnownText(text, Arrays.copyOfRange(from, start, start + length));
    }
    return text;
  }

  /** Null: not ASCII. */
  static @Nullable String ascii(byte[] from, int start, int length) {
    int all = 0;
    for (int i = start; i < start + length; i++) {
      all |= from[i];
    }
    return all < 0 ? null : new String(from, start, length, StandardCharsets.ISO_8859_1);
  }

  private int place(byte[] from, int start, int length) {
    long hash = secret + length;
    int at = start;
    int end = start + length;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      hash = mixed(hash ^ (long) LONGS.get(from, at));
    }
    long rest = 0;
    for (; at < end; at++) {
      rest = (rest << Byte.SIZE) | from[at];
    }
    hash = mixed(hash ^ rest);
    return (int) hash & (PLACES - 1);
  }

  private static long mixed(long value) {
    long product = value * MULTIPLIER;
    return product ^ (product >>> 32);
  }
}
