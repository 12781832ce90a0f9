package io.trunkline.persistence;

/** What a node is to the others, by the database's clock. */
public enum NodeState {
  /** Takes clients. */
  UP,
  /** Takes no new sessions, and sends those it has elsewhere. */
  DRAINING,
  /** Was stopped. */
  LEFT,
  /** Its lease ended without a word. */
  DEAD
}
