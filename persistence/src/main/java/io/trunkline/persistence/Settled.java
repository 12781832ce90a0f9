package io.trunkline.persistence;

/**
 * What became of a settlement.
 *
 * @param outcome {@link Outcome#APPLIED} at most once for each message and recipient
 */
public record Settled(Settlement settlement, Outcome outcome) {
  public enum Outcome {
    APPLIED,
    /** It was settled before: a late or repeated acknowledgement. */
    ALREADY,
    /** There is no such message at this offset, or it is not this recipient's. */
    UNKNOWN
  }
}
