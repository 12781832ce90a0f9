package io.trunkline.systemtest.calls;

/** How a back end does. */
enum Mood {
  WELL,
  /** Nothing listens. */
  STOPPED,
  /** Answers long after everybody's deadline. */
  SLOW,
  /** Answers at once, nonsense. */
  BROKEN
}
