package io.trunkline.invocation.typed;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Names on the wire. */
final class Names {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int MAX_BYTES = 128;

  private Names() {}

  /**
   * Checks one.
   *
   * @throws IllegalArgumentException if it is none
   */
  static void check(String what, String name) {
    if (!PLAIN.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a " + what + "'s name is 1 to 64 letters, digits, '_' and '-', not '" + name + "'");
    }
  }

  /**
   * Checks the name of an overloaded method, with its signature.
   *
   * @throws IllegalArgumentException if it does not fit
   */
  static void checkSignature(String name) {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new IllegalArgumentException(
          name + " has over " + MAX_BYTES + " bytes: give it a name by @Method");
    }
  }
}
