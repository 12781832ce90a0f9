package io.trunkline.client;

import java.util.function.Supplier;

/** A token that will not change, so that being refused once is for good. */
record FixedToken(String token) implements Supplier<String> {
  @Override
  public String get() {
    return token;
  }

  @Override
  public String toString() {
    return "FixedToken[...]";
  }
}
