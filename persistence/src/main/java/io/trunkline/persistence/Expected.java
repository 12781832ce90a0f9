package io.trunkline.persistence;

/** What a stored message's publisher wants of its recipients. Names are stored: append only. */
public enum Expected {
  NOTHING,
  ACK,
  REPLY
}
