package io.trunkline.jms;

/** What the publisher wants back from each recipient ({@code tl_expect}). */
public enum Expect {
  NONE,
  ACK,
  REPLY
}
