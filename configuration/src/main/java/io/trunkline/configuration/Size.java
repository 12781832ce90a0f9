package io.trunkline.configuration;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A number of bytes, written as {@code 512}, {@code 64KiB}, {@code 1MiB} or {@code 2GiB}.
 *
 * @param bytes not negative
 */
public record Size(long bytes) implements Comparable<Size> {
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB)?");

  public Size {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + bytes);
    }
  }

  /**
   * Reads a size as it is written in a configuration.
   *
   * @throws IllegalArgumentException if it is not a size
   */
  public static Size parse(String text) {
    var matcher = WRITTEN.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a size such as 512, 64KiB or 1MiB");
    }
    int shift =
        switch (matcher.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case null, default -> 0;
        };
    return new Size(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
  }

  /**
   * The bytes as an {@code int}, for buffers.
   *
   * @throws ArithmeticException over 2 GiB
   */
  public int intBytes() {
    return Math.toIntExact(bytes);
  }

  @Override
  public int compareTo(Size other) {
    return Long.compare(bytes, other.bytes);
  }

  @Override
  public String toString() {
    for (int unit = 3; unit > 0; unit--) {
      long size = 1L << (10 * unit);
      if (bytes >= size && bytes % size == 0) {
        return String.format(Locale.ROOT, "%d%ciB", bytes / size, " KMG".charAt(unit));
      }
    }
    return bytes + "B";
  }
}
