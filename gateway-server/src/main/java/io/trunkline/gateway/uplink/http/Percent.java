package io.trunkline.gateway.uplink.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-encoding of a part of a path or query (RFC 3986, section 2). */
final class Percent {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private Percent() {}

  /** All but the unreserved characters, so that nothing in it separates anything. */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (unreserved(each)) {
        encoded.append((char) each);
      } else {
        encoded.append('%').append(HEX.toHexDigits(each));
      }
    }
    return encoded.toString();
  }

  private static boolean unreserved(byte each) {
    return (each >= 'a' && each <= 'z')
        || (each >= 'A' && each <= 'Z')
        || (each >= '0' && each <= '9')
        || each == '-'
        || each == '.'
        || each == '_'
        || each == '~';
  }
}
