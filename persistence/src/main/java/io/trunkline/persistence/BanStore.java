package io.trunkline.persistence;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Users or devices that may not connect for a time. Thread-safe; blocks. */
public interface BanStore {

  /**
   * @param device absent: all devices of the user
   */
  record Ban(String user, Optional<String> device, Instant until, String reason) {}

  void add(Ban ban);

  /** Those that have not ended, at most {@code limit}, the latest end first. */
  List<Ban> active(int limit);
}
