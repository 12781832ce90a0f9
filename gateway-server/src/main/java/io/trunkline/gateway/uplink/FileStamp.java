package io.trunkline.gateway.uplink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What changes when a file does.
 *
 * @param modified null: there is no such file
 * @param identity another one when a file was put in the place of the old
 */
record FileStamp(@Nullable FileTime modified, long bytes, @Nullable Object identity) {
  static final FileStamp NONE = new FileStamp(null, 0, null);

  /** A file that did not change for so long is written. */
  static final Duration SETTLING = Duration.ofMillis(250);

  static FileStamp of(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileStamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    } catch (IOException e) {
      return NONE;
    }
  }

  boolean exists() {
    return modified != null;
  }
}
