package io.trunkline.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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

  private static final class Name {
    final String text;
    final int length;

    /** Its bytes, eight in each. */
    final long[] words;

    Name(String text, long[] words) {
      this.text = text;
      this.length = text.length();
      this.words = words;
    }
  }

  private final @Nullable Name[] names = new @Nullable Name[PLACES];
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
    Name known = names[place];
    if (known != null && known.length == length && isNext(known.words, from, start, length)) {
      return known.text;
    }
    String text = ascii(from, start, length);
    if (text != null) {
      names[place] = new Name(text, words(from, start, length));
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
    for (int i = 0; i < length; i += Long.BYTES) {
      hash = mixed(hash ^ word(from, start + i, length - i));
    }
    return (int) hash & (PLACES - 1);
  }

  private static boolean isNext(long[] words, byte[] from, int start, int length) {
    for (int i = 0; i < length; i += Long.BYTES) {
      if (words[i / Long.BYTES] != word(from, start + i, length - i)) {
        return false;
      }
    }
    return true;
  }

  private static long[] words(byte[] from, int start, int length) {
    long[] words = new long[(length + Long.BYTES - 1) / Long.BYTES];
    for (int i = 0; i < length; i += Long.BYTES) {
      words[i / Long.BYTES] = word(from, start + i, length - i);
    }
    return words;
  }

  /** The next eight bytes, or as many as there are, the first one lowest. */
  private static long word(byte[] from, int start, int length) {
    if (length >= Long.BYTES) {
      return (long) LONGS.get(from, start);
    }
    if (start <= from.length - Long.BYTES) {
      return (long) LONGS.get(from, start) & ((1L << (Byte.SIZE * length)) - 1);
    }
    long word = 0;
    for (int i = length - 1; i >= 0; i--) {
      word = (word << Byte.SIZE) | (from[start + i] & 0xFF);
    }
    return word;
  }

  private static long mixed(long value) {
    long product = value * MULTIPLIER;
    return product ^ (product >>> 32);
  }
}
