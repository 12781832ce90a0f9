package io.trunkline.client;

import io.trunkline.protocol.v1.GoAway;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A GoAway that is being followed, if there is one. Event loop only. */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

  private final Route route;
  private @Nullable Long connectAtNs;

  Departure(Route route) {
    this.route = route;
  }

  boolean underWay() {
    return connectAtNs != null;
  }

  /**
   * @param jitterMs the random part
   * @return when to leave, in milliseconds from now
   */
  long begin(GoAway goAway, long jitterMs) {
    long delayMs = Integer.toUnsignedLong(goAway.getReconnectAfterMs()) + jitterMs;
    route.elsewhere();
    if (!goAway.getAddress().isEmpty()) {
      follow(goAway.getAddress());
    }
    connectAtNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMs);
    return delayMs;
  }

  /** The next attempt goes there, if that is an address. */
  void follow(String address) {
    try {
      route.once(address);
    } catch (IllegalArgumentException e) {
      LOG.warn("The gateway named no usable address to go to: {}", e.getMessage());
    }
  }

  /**
   * The connection is gone.
   *
   * @return when to connect, in milliseconds from now; null: none was under way
   */
  @Nullable Long end() {
    Long at = connectAtNs;
    connectAtNs = null;
    return at == null
        ? null
        : (Long) Math.max(0, TimeUnit.NANOSECONDS.toMillis(at - System.nanoTime()));
  }
}
