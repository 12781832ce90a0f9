package io.trunkline.persistence;

/** What became of a stored message. Names are stored and stand in reports: append only. */
public enum MessageState {
  /** Of a user stream: not acknowledged yet. Of a stream for many: its summary is open. */
  PENDING,
  DELIVERED,
  REPLIED,
  EXPIRED,
  /** Given up after too many attempts; an operator can retry it. */
  DEAD,
  /** A newer message of the same key took its place before this one was sent. */
  CONFLATED,
  /** Cannot be delivered any more, its session has ended perhaps; the detail says why. */
  FAILED,
  /** Of a stream for many: the summary is written. */
  CLOSED
}
