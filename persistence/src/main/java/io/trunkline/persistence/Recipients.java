package io.trunkline.persistence;

import java.util.Optional;
import java.util.UUID;

/**
 * Which sessions of a stream's audience a stored message is for; nothing set: all of them.
 *
 * @param device of a user stream: this device only
 * @param session of a user stream: this session only
 * @param selector of the broadcast stream: sessions whose attributes match this SQL-92 selector
 */
public record Recipients(
    Optional<String> device, Optional<UUID> session, Optional<String> selector) {
  public static final Recipients ALL =
      new Recipients(Optional.empty(), Optional.empty(), Optional.empty());
}
