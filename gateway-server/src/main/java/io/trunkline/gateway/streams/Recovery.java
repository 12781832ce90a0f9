package io.trunkline.gateway.streams;

import io.trunkline.persistence.StreamHead;
import io.trunkline.protocol.v1.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client can go on where it was in a stream.
 *
 * @param recovered all since its position follows
 * @param goesOn it goes on from a place of its own; else it gets what comes
 * @param from the offset after which it goes on
 */
record Recovery(boolean recovered, boolean goesOn, long from) {

  /**
   * @param headKnown false: the database is away, so that nothing can be promised
   * @param position what the client has; null if it names nothing
   */
  static Recovery of(StreamHead head, boolean headKnown, @Nullable StreamPosition position) {
    if (!headKnown) {
      return new Recovery(false, false, 0);
    }
    if (position == null) {
      // Nothing was ever there to miss, or we do not know what it has.
      return new Recovery(head.lastOffset() == 0, false, head.lastOffset());
    }
    boolean sameHistory = position.getEpoch() == head.epoch();
    if (head.epoch() == 0 || !sameHistory || position.getOffset() > head.lastOffset()) {
      boolean nothingSeen = position.getOffset() == 0 && head.prunedOffset() == 0;
      return nothingSeen
          ? new Recovery(true, true, 0)
          : new Recovery(false, false, head.lastOffset());
    }
    return position.getOffset() >= head.prunedOffset()
        ? new Recovery(true, true, position.getOffset())
        : new Recovery(false, true, head.prunedOffset());
  }
}
