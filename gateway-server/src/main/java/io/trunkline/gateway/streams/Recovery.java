package io.trunkline.gateway.streams;

import io.trunkline.persistence.StreamHead;
import io.trunkline.protocol.v1.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client can go on where it was in a stream.
 *
 * @param recovered all since its position follows; true also of a client that names none
 * @param goesOn it goes on from a place of its own; else it gets what comes
 * @param from the offset after which it goes on
 */
record Recovery(boolean recovered, boolean goesOn, long from) {

  /**
   * While the database is away: where a stream stands as far as that can be believed. The client's
   * word counts for what it has; what is read later shows whether anything is missing.
   *
   * @param here as this node remembers it; {@link StreamHead#EMPTY} if it does not
   * @param position what the client has; null if it names nothing
   */
  static StreamHead believed(StreamHead here, @Nullable StreamPosition position) {
    if (position == null || (here.epoch() != 0 && here.epoch() != position.getEpoch())) {
      return here;
    }
    return new StreamHead(
        position.getEpoch(), Math.max(here.lastOffset(), position.getOffset()), 0);
  }

  /**
   * @param head may be {@link #believed} only
   * @param position what the client has; null if it names nothing
   */
  static Recovery of(StreamHead head, @Nullable StreamPosition position) {
    if (position == null) {
      // Somebody new: it has nothing that could lack a part.
      return new Recovery(true, false, 0);
    }
    boolean sameHistory =
        position.getEpoch() == head.epoch() && position.getOffset() <= head.lastOffset();
    if (!sameHistory) {
      boolean hasNothing = position.getOffset() == 0 && head.prunedOffset() == 0;
      return new Recovery(hasNothing, hasNothing, 0);
    }
    return position.getOffset() >= head.prunedOffset()
        ? new Recovery(true, true, position.getOffset())
        : new Recovery(false, true, head.prunedOffset());
  }
}
