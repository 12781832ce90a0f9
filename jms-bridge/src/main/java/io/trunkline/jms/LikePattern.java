package io.trunkline.jms;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The pattern of a {@code LIKE}: {@code %} stands for any characters, {@code _} for one. Matched
 * without regular expressions, which take exponentially long for patterns such as {@code
 * '%a%a%a%a%b'}: here the cost is at most the text's length squared.
 */
final class LikePattern {
  private static final int ANY = -1;
  private static final int ONE = -2;

  /** Code points, {@link #ANY} and {@link #ONE}; never two {@link #ANY} in a row. */
  private final int[] elements;

  private final int shortestMatch;

  private LikePattern(int[] elements) {
    this.elements = elements;
    this.shortestMatch = (int) Arrays.stream(elements).filter(element -> element != ANY).count();
  }

  /**
   * @param escape the character that makes the next one stand for itself
   * @throws IllegalArgumentException if the pattern ends with the escape character
   */
  static LikePattern of(String pattern, OptionalInt escape) {
    int[] text = pattern.codePoints().toArray();
    int[] elements = new int[text.length];
    int length = 0;
    for (int i = 0; i < text.length; i++) {
      int element;
      if (escape.isPresent() && text[i] == escape.getAsInt()) {
        if (++i == text.length) {
          throw new IllegalArgumentException("the pattern ends with its escape character");
        }
        element = text[i];
      } else if (text[i] == '%') {
        element = ANY;
      } else {
        element = text[i] == '_' ? ONE : text[i];
      }
      if (element != ANY || length == 0 || elements[length - 1] != ANY) {
        elements[length++] = element;
      }
    }
    return new LikePattern(Arrays.copyOf(elements, length));
  }

  boolean matches(String value) {
    if (value.length() < shortestMatch) {
      return false;
    }
    int[] text = value.codePoints().toArray();
    int at = 0;
    int element = 0;
    int lastAny = -1;
    int resumeAt = 0;
    while (at < text.length) {
      if (element < elements.length && elements[element] == ANY) {
        lastAny = element++;
        resumeAt = at;
      } else if (element < elements.length
          && (elements[element] == ONE || elements[element] == text[at])) {
        element++;
        at++;
      } else if (lastAny >= 0) {
        // The last % takes one character more; those before it need not be tried again.
        element = lastAny + 1;
        at = ++resumeAt;
      } else {
        return false;
      }
    }
    while (element < elements.length && elements[element] == ANY) {
      element++;
    }
    return element == elements.length;
  }
}
