package io.trunkline.gateway.uplink;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Any text as the value of an HTTP header. */
final class HeaderText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private HeaderText() {}

  /**
   * The text with every byte of its UTF-8 that is not visible ASCII, and {@code %} itself, written
   * as {@code %XX}: no line can end in it, and any percent-decoder gives the text back.
   */
  static String encode(String text) {
    boolean plain = true;
    for (int i = 0; i < text.length() && plain; i++) {
      plain = visible(text.charAt(i));
    }
    if (plain) {
      return text;
    }
    StringBuilder encoded = new StringBuilder(text.length() * 2);
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (visible(each)) {
        encoded.append((char) each);
      } else {
        encoded.append('%').append(HEX.toHexDigits(each));
      }
    }
    return encoded.toString();
  }

  private static boolean visible(int character) {
    return character > ' ' && character < 0x7f && character != '%';
  }
}
