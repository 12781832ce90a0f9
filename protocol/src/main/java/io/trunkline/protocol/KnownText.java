package io.trunkline.protocol;

/** A text and its bytes in UTF-8, neither of which is made again. Nobody changes the array. */
final class KnownText {
  final String text;
  final byte[] bytes;

  KnownText(String text, byte[] bytes) {
    this.text = text;
    this.bytes = bytes;
  }
}
