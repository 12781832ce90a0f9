package io.trunkline.persistence;

/** What became of a {@link NewMessage}. */
public sealed interface StoreResult {

  /** It is in the database now. */
  record Stored(StoredMessage message) implements StoreResult {}

  /**
   * A message of this id is in the stream already.
   *
   * @param message the one that is there
   * @param samePublication the broker has delivered the same message again; false: it was published
   *     twice. Then, if it is still PENDING, receipts now go to the newer publication's address
   */
  record Duplicate(StoredMessage message, boolean samePublication) implements StoreResult {}
}
