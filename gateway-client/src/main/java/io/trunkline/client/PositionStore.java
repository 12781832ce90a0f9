package io.trunkline.client;

import java.io.IOException;

/**
 * Keeps what clients remember: see {@link SavedState}. Thread-safe.
 *
 * <p>The client calls it on the callback executor, so it may block; for one client one call at a
 * time. It saves by batches, about five times a second while something changes, and when the
 * session or the client ends. What was not saved when the process died is sent again by the
 * gateway: that can show messages twice, but loses none. So a store may save late, and must never
 * give back a mixture of two states.
 */
public interface PositionStore {
  /**
   * Takes possession of a client's state until {@link #release}. A state that is damaged is put
   * aside, not refused.
   *
   * @param client user and device, each URL-encoded, with a slash between; whatever gateway they
   *     connect to
   * @return {@link SavedState#EMPTY} if there is none
   * @throws IOException says why there can be none; the client then closes. For example because
   *     another process has it
   */
  SavedState load(String client) throws IOException;

  /**
   * Replaces the state, wholly or not at all.
   *
   * @throws IOException the state of before stands; the client logs it and tries again
   */
  void save(String client, SavedState state) throws IOException;

  /** The client is closed. */
  default void release(String client) {}
}
