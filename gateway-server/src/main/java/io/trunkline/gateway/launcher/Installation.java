package io.trunkline.gateway.launcher;

import java.nio.file.Path;

/** Where the parts of the distribution are. */
final class Installation {
  private Installation() {}

  /** The folder that holds {@code server}, {@code broker}, {@code console} ... */
  static Path distribution() {
    return Path.of(System.getProperty("trunkline.dist", "target/dist")).toAbsolutePath();
  }
}
