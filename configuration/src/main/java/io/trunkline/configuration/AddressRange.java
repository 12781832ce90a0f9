package io.trunkline.configuration;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Addresses that begin with the same bits, written as {@code 10.0.0.0/8} or {@code 2001:db8::/32};
 * one address, as {@code 127.0.0.1}, is a range of its own. Names are no addresses: nothing is
 * looked up.
 */
public final class AddressRange {
  /** Four numbers, or something with a colon: Java also takes {@code 10.1} for an address. */
  private static final Pattern WRITTEN =
      Pattern.compile("(\\d+(?:\\.\\d+){3}|[0-9a-fA-F.]*:[0-9a-fA-F.:]*)(?:/(\\d{1,3}))?");

  private final String text;
  private final byte[] first;
  private final int prefixBits;

  private AddressRange(String text, byte[] first, int prefixBits) {
    this.text = text;
    this.first = first;
    this.prefixBits = prefixBits;
  }

  /**
   * Reads a range as it is written in a configuration.
   *
   * @throws IllegalArgumentException if it is not one
   */
  public static AddressRange parse(String text) {
    var matcher = WRITTEN.matcher(text);
    if (!matcher.matches()) {
      throw notOne();
    }
    byte[] address;
    try {
      address = InetAddress.ofLiteral(matcher.group(1)).getAddress();
    } catch (IllegalArgumentException e) {
      throw notOne();
    }
    int bits = address.length * Byte.SIZE;
    int prefixBits = matcher.group(2) == null ? bits : Integer.parseInt(matcher.group(2));
    if (prefixBits > bits) {
      throw new IllegalArgumentException("the prefix has at most " + bits + " bits");
    }
    for (int bit = prefixBits; bit < bits; bit++) {
      if (bit(address, bit)) {
        throw new IllegalArgumentException(
            "the address has bits set behind its prefix of " + prefixBits);
      }
    }
    return new AddressRange(text, address, prefixBits);
  }

  private static IllegalArgumentException notOne() {
    return new IllegalArgumentException(
        "not an address or a range such as 127.0.0.1, 10.0.0.0/8 or 2001:db8::/32");
  }

  private static boolean bit(byte[] address, int bit) {
    return (address[bit / Byte.SIZE] & 0x80 >> bit % Byte.SIZE) != 0;
  }

  /** Whether the address lies in it; one of the other family does not. */
  public boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    int whole = prefixBits / Byte.SIZE;
    if (other.length != first.length || !Arrays.equals(other, 0, whole, first, 0, whole)) {
      return false;
    }
    int mask = (0xff << (Byte.SIZE - prefixBits % Byte.SIZE)) & 0xff;
    return prefixBits % Byte.SIZE == 0 || ((other[whole] ^ first[whole]) & mask) == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressRange range
        && prefixBits == range.prefixBits
        && Arrays.equals(first, range.first);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(first) + prefixBits;
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
