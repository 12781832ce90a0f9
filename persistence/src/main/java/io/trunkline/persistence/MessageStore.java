package io.trunkline.persistence;

import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Stored messages, their streams, and the receipts about them. Every call is one transaction that
 * is committed when it returns, and takes batches: a call per message would be too many. While the
 * database is away all throw {@link PersistenceException}, and nothing of the call took effect or
 * (the connection broke at the commit) all of it did: calls may be repeated. Thread-safe; blocks.
 */
public interface MessageStore {

  /**
   * Stores messages, in the given order within each stream. Offsets are dense and become visible in
   * their order, whichever nodes store into the stream at once.
   *
   * <p>A message of a user stream that has a key takes the place of older ones of the same key and
   * recipients that are PENDING and at rest (see {@link #overdue}) while their user is not
   * connected: those become CONFLATED.
   *
   * @param node who stores, for the trace
   * @param writer writes the receipts of what is conflated
   */
  Storing store(String node, List<NewMessage> batch, ReceiptWriter writer);

  /**
   * What came of {@link #store}.
   *
   * @param results for each message what became of it, in the given order
   * @param conflated older messages whose place was taken
   */
  record Storing(List<StoreResult> results, SettleResult conflated) {}

  /**
   * Whether a failed call failed for what it was given, and would again: SQLState class 22 (data),
   * 23 (constraint) or 54 (limit).
   */
  static boolean refusesData(PersistenceException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState().matches("(22|23|54).*");
      }
    }
    return false;
  }

  /** Where streams stand; {@link StreamHead#EMPTY} for those that have never had a message. */
  Map<StreamKey, StreamHead> heads(List<StreamKey> streams);

  /** Whether each of these users has PENDING messages; only those who have are in the answer. */
  Map<String, Integer> pending(List<String> users);

  /**
   * A page of what a device of a user must still see, in order: offset greater than {@code after},
   * and PENDING, or (for a device that names the last offset it has) settled by another device and
   * greater than {@code seen}. Not what is expired, and not what is meant for another device or
   * session. Answers to several questions come from one query.
   *
   * @return for each question a list of at most its limit
   */
  List<List<StoredMessage>> read(List<UserPage> questions);

  /**
   * A question of {@link #read}.
   *
   * @param seen the last offset that the device has; {@link Long#MAX_VALUE} if it named none
   */
  record UserPage(String user, String device, UUID session, long after, long seen, int limit) {}

  /** A page of a stream for many, in order: what is greater than {@code after} and not expired. */
  List<StoredMessage> read(StreamKey stream, long after, int limit);

  /**
   * Settles. What takes effect is traced, and where the publisher wants a receipt, one is committed
   * with it.
   *
   * @param writer writes the receipts' bodies
   */
  SettleResult settle(List<Settlement> batch, ReceiptWriter writer);

  /**
   * What came of a call that can write receipts.
   *
   * @param settled for each settlement what became of it, in the given order; where the call found
   *     them itself, those that took effect
   * @param receipts committed, to be sent and then given to {@link #receiptsSent}
   */
  record SettleResult(List<Settled> settled, List<StoredReceipt> receipts) {}

  /** Writes receipts' JSON. The messages that it is given have an empty payload. */
  interface ReceiptWriter {
    /** About one recipient. */
    String receipt(UUID id, StoredMessage message, Settlement settlement);

    /** About all recipients of a message for many. */
    String summary(UUID id, StoredMessage message, SummaryCounts counts, Instant at);

    /** About a message that was published again and not stored again. */
    String duplicate(UUID id, StoredMessage first, Instant at);
  }

  /** Numbers of a summary: sessions that it was meant for, and what became of them. */
  record SummaryCounts(long matched, long sent, long acked, long failed, long offline) {}

  /** Commits receipts about publications that were not stored again. */
  List<StoredReceipt> duplicates(
      List<StoreResult.Duplicate> duplicates, List<ReplyAddress> to, ReceiptWriter writer);

  /** Adds steps to traces. */
  void record(List<DeliveryStep> steps);

  /**
   * Counts attempts that were in vain: traced as UNACKNOWLEDGED, and those that have had {@code
   * maxAttempts} become DEAD, with their receipts.
   *
   * @return the settlements that made messages DEAD
   */
  SettleResult attemptsFailed(List<Attempt> attempts, int maxAttempts, ReceiptWriter writer);

  /** A message that was sent to a session and not acknowledged in time. */
  record Attempt(
      StreamKey stream,
      long epoch,
      long offset,
      UUID session,
      String device,
      String node,
      Instant at,
      String detail) {}

  /**
   * Settles as EXPIRED what is PENDING in user streams and has expired by the database's clock, and
   * as FAILED what is for one session that is over; several nodes may do it at once.
   */
  SettleResult sweep(String node, int limit, ReceiptWriter writer);

  /**
   * Users with a live session on this node that have PENDING messages stored more than {@code
   * after} ago which may not have been sent: stored by a node that died, or a hint that was lost.
   * Each message is named once and then again after {@code again}. What is for users without a live
   * session is put to rest until they come, so that it costs nothing.
   */
  List<String> overdue(String node, Duration after, Duration again, int limit);

  /**
   * Closes messages for many that asked for receipts and whose time is up: counts what became of
   * each recipient from the trace, and commits the summary.
   */
  SettleResult closeDue(Duration after, int limit, String node, ReceiptWriter writer);

  /** The same for one message now, all its recipients having answered. */
  SettleResult close(StreamKey stream, long epoch, long offset, String node, ReceiptWriter writer);

  /** Receipts of this call have reached the broker, or can never: they are forgotten. */
  void receiptsSent(List<UUID> ids);

  /**
   * Receipts that were committed more than {@code age} ago and still wait: whoever was to send them
   * has died. They are handed out once per {@code age}.
   */
  List<StoredReceipt> takeOverReceipts(Duration age, int limit);

  /**
   * What is stored under a publisher's id, in all streams; more than one if the id was used for
   * several targets. At most 100.
   */
  List<StoredMessage> find(String messageId);

  /** The steps of a message in order; at most {@code limit}, the first ones. */
  List<DeliveryStep> trace(StreamKey stream, long epoch, long offset, int limit);

  /** Dead messages, the newest first. */
  List<StoredMessage> dead(Optional<String> user, int offset, int limit);

  long countDead(Optional<String> user);

  /**
   * Makes a dead message PENDING again with no attempts; false if it is not dead any more. It is
   * then found by {@link #overdue} at once.
   */
  boolean retry(StreamKey stream, long epoch, long offset, String by);

  /**
   * Gives up history: settled messages of user streams older than {@code userHistory}, messages of
   * streams for many older than {@code manyHistory} or beyond the newest {@code manyCount} of their
   * stream. Never what is PENDING in a user stream. Raises {@link StreamHead#prunedOffset} with it.
   *
   * @return how many messages went; less than {@code limit}: nothing is left to do
   */
  int prune(Duration userHistory, Duration manyHistory, int manyCount, int limit);
}
