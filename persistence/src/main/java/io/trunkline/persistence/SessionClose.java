package io.trunkline.persistence;

/**
 * Why a session ended or lost its connection.
 *
 * @param code number of the protocol's close code
 * @param name name of the close code, as {@code KICKED}
 * @param reason for a person; who and why, where somebody decided it
 */
public record SessionClose(int code, String name, String reason) {
  // The numbers are the protocol's, which this module does not know; the gateway's tests compare.

  /** How a session ends that a newer one of the same user and device replaces. */
  public static final SessionClose REPLACED =
      new SessionClose(4501, "REPLACED", "the same user and device has connected again");

  /** How a session loses its connection whose node has died. */
  public static final SessionClose NODE_LOST =
      new SessionClose(4003, "NODE_LOST", "the node that held the session is gone");
}
