package io.trunkline.persistence;

import io.trunkline.persistence.SettleStatements.Address;
import io.trunkline.persistence.StepStatements.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The store in plain JDBC: each call is one transaction of a few statements, however many messages
 * it is about. Locks are taken in the order streams, messages, recipients, and within those in one
 * order.
 */
final class JdbcMessageStore implements MessageStore {
  private static final SettleResult NOTHING = new SettleResult(List.of(), List.of());

  private final Transactions transactions;

  JdbcMessageStore(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public Storing store(String node, List<NewMessage> batch, ReceiptWriter writer) {
    return batch.isEmpty()
        ? new Storing(List.of(), NOTHING)
        : transactions.run(
            "Messages cannot be stored", c -> StoreStatements.store(c, node, batch, writer));
  }

  @Override
  public Map<StreamKey, StreamHead> heads(List<StreamKey> streams) {
    return streams.isEmpty()
        ? Map.of()
        : transactions.run("Streams cannot be read", c -> StreamStatements.heads(c, streams));
  }

  @Override
  public Map<String, Integer> pending(List<String> users) {
    return users.isEmpty()
        ? Map.of()
        : transactions.run(
            "Pending messages cannot be counted", c -> ReadStatements.pending(c, users));
  }

  @Override
  public List<List<StoredMessage>> read(List<UserPage> questions) {
    return questions.isEmpty()
        ? List.of()
        : transactions.run("Messages cannot be read", c -> ReadStatements.pages(c, questions));
  }

  @Override
  public List<StoredMessage> read(StreamKey stream, long after, int limit) {
    return transactions.run(
        "Messages cannot be read", c -> ReadStatements.stream(c, stream, after, limit));
  }

  @Override
  public SettleResult settle(List<Settlement> batch, ReceiptWriter writer) {
    return batch.isEmpty()
        ? NOTHING
        : transactions.run(
            "Messages cannot be settled", c -> SettleStatements.settle(c, batch, writer));
  }

  @Override
  public List<StoredReceipt> duplicates(
      List<StoreResult.Duplicate> duplicates, List<ReplyAddress> to, ReceiptWriter writer) {
    if (duplicates.size() != to.size()) {
      throw new IllegalArgumentException(
          "%d duplicates with %d addresses".formatted(duplicates.size(), to.size()));
    }
    return duplicates.isEmpty()
        ? List.of()
        : transactions.run(
            "Receipts cannot be stored",
            c -> ReceiptStatements.ofDuplicates(c, duplicates, to, writer));
  }

  @Override
  public void record(List<DeliveryStep> steps) {
    if (!steps.isEmpty()) {
      transactions.run(
          "Steps cannot be stored",
          c -> {
            StepStatements.insert(
                c, steps.stream().map(step -> new Entry(step, null, null)).toList());
            return steps;
          });
    }
  }

  @Override
  public SettleResult attemptsFailed(
      List<Attempt> attempts, int maxAttempts, ReceiptWriter writer) {
    return attempts.isEmpty()
        ? NOTHING
        : transactions.run(
            "Attempts cannot be counted",
            c -> AttemptStatements.fail(c, attempts, maxAttempts, writer));
  }

  @Override
  public SettleResult sweep(String node, int limit, ReceiptWriter writer) {
    return transactions.run(
        "Expired messages cannot be settled", c -> LookStatements.sweep(c, node, limit, writer));
  }

  @Override
  public List<String> overdue(String node, Duration after, Duration again, int limit) {
    return transactions.run(
        "Overdue messages cannot be found",
        c -> LookStatements.overdue(c, node, after, again, limit));
  }

  @Override
  public SettleResult closeDue(Duration after, int limit, String node, ReceiptWriter writer) {
    return transactions.run(
        "Summaries cannot be stored", c -> CloseStatements.closeDue(c, after, limit, node, writer));
  }

  @Override
  public SettleResult close(
      StreamKey stream, long epoch, long offset, String node, ReceiptWriter writer) {
    return transactions.run(
        "A summary cannot be stored",
        c -> CloseStatements.close(c, new Address(stream, epoch, offset, null), node, writer));
  }

  @Override
  public void receiptsSent(List<UUID> ids) {
    if (!ids.isEmpty()) {
      transactions.run(
          "Receipts cannot be removed",
          c -> {
            ReceiptStatements.sent(c, ids);
            return ids;
          });
    }
  }

  @Override
  public List<StoredReceipt> takeOverReceipts(Duration age, int limit) {
    return transactions.run(
        "Receipts cannot be taken over", c -> ReceiptStatements.takeOver(c, age, limit));
  }

  @Override
  public List<StoredMessage> find(String messageId) {
    return transactions.run("Messages cannot be read", c -> ReadStatements.byId(c, messageId));
  }

  @Override
  public List<DeliveryStep> trace(StreamKey stream, long epoch, long offset, int limit) {
    return transactions.run(
        "A trace cannot be read", c -> StepStatements.trace(c, stream, epoch, offset, limit));
  }

  @Override
  public List<StoredMessage> dead(Optional<String> user, int offset, int limit) {
    return transactions.run(
        "Dead messages cannot be read", c -> ReadStatements.dead(c, user, offset, limit));
  }

  @Override
  public long countDead(Optional<String> user) {
    return transactions.run(
        "Dead messages cannot be counted", c -> ReadStatements.countDead(c, user));
  }

  @Override
  public boolean retry(StreamKey stream, long epoch, long offset, String by) {
    return transactions.run(
        "A message cannot be retried", c -> RetryStatements.retry(c, stream, epoch, offset, by));
  }

  @Override
  public int prune(Duration userHistory, Duration manyHistory, int manyCount, int limit) {
    return transactions.run(
        "History cannot be pruned",
        c -> PruneStatements.prune(c, userHistory, manyHistory, manyCount, limit));
  }
}
