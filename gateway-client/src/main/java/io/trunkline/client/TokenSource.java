package io.trunkline.client;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where tokens come from. Thread-safe. */
final class TokenSource {
  private final Supplier<String> supplier;
  private volatile @Nullable String refreshed;

  TokenSource(Supplier<String> supplier) {
    this.supplier = supplier;
  }

  /** It has no other by itself. */
  boolean isFixed() {
    return supplier instanceof FixedToken;
  }

  /** May block. */
  String get() {
    String newer = refreshed;
    return newer != null && isFixed() ? newer : supplier.get();
  }

  /** The gateway took a new one on the living connection. */
  void refreshed(String token) {
    refreshed = token;
  }
}
