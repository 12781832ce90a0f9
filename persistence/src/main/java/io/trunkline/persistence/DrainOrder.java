package io.trunkline.persistence;

import java.time.Duration;
import java.util.Optional;

/**
 * How a node is to be emptied.
 *
 * @param by who asked, for the audit
 * @param perSecond so many clients are told to go in a second, from 1
 * @param within what is still there then is closed
 * @param jitter a random part of this is what each client waits besides
 * @param target the node where the clients are sent; empty: each to the least loaded of the others
 */
public record DrainOrder(
    String by,
    String reason,
    int perSecond,
    Duration within,
    Duration jitter,
    Optional<String> target) {
  public DrainOrder {
    if (perSecond < 1 || within.isNegative() || jitter.isNegative()) {
      throw new IllegalArgumentException(
          "a drain needs a rate from 1 and times from 0, not "
              + perSecond
              + ", "
              + within
              + ", "
              + jitter);
    }
  }
}
