package io.trunkline.persistence;

/** Makes any Java string one that PostgreSQL can store. */
final class DatabaseText {
  private static final char REPLACEMENT = '\uFFFD';

  private DatabaseText() {}

  /**
   * Replaces what PostgreSQL's text in UTF-8 cannot hold: U+0000 and halves of surrogate pairs.
   *
   * @see <a href="https://www.postgresql.org/docs/18/datatype-character.html">Character types</a>
   */
  static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!storable(text, i)) {
        return replaced(text);
      }
    }
    return text;
  }

  private static String replaced(String text) {
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      if (!storable(text, i)) {
        out.setCharAt(i, REPLACEMENT);
      }
    }
    return out.toString();
  }

  private static boolean storable(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
    return c != 0;
  }
}
