package io.trunkline.persistence;

/**
 * Where a stream stands.
 *
 * @param epoch another one means that history was reset; 0: nothing was ever stored
 * @param lastOffset the newest message's; 0: none yet. Offsets are dense from 1 within an epoch and
 *     appear in their order
 * @param prunedOffset up to here history may have been given up that somebody could still miss; who
 *     has this offset or a greater one has missed nothing
 */
public record StreamHead(long epoch, long lastOffset, long prunedOffset) {
  public static final StreamHead EMPTY = new StreamHead(0, 0, 0);
}
