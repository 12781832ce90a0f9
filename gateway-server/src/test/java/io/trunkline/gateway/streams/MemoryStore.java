package io.trunkline.gateway.streams;

import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.ReplyAddress;
import io.trunkline.persistence.Settled;
import io.trunkline.persistence.Settlement;
import io.trunkline.persistence.StoreResult;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StoredReceipt;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** One user's stream in memory, as far as a cursor looks at it. Thread-safe. */
final class MemoryStore implements MessageStore {
  static final long EPOCH = 7;

  private final List<StoredMessage> messages = new ArrayList<>();

  synchronized StoredMessage add(NewMessage message) {
    var stored =
        new StoredMessage(
            message, EPOCH, messages.size() + 1L, MessageState.PENDING, 0, Instant.EPOCH);
    messages.add(stored);
    return stored;
  }

  synchronized StoredMessage at(long offset) {
    return messages.get((int) offset - 1);
  }

  synchronized int size() {
    return messages.size();
  }

  synchronized void become(long offset, MessageState state) {
    StoredMessage old = at(offset);
    messages.set(
        (int) offset - 1,
        new StoredMessage(old.message(), EPOCH, offset, state, old.attempts(), old.storedAt()));
  }

  @Override
  public synchronized List<List<StoredMessage>> read(List<UserPage> questions) {
    return questions.stream()
        .map(
            page ->
                messages.stream()
                    .filter(one -> one.offset() > page.after())
                    .filter(
                        one ->
                            one.state() == MessageState.PENDING
                                || (one.state() == MessageState.DELIVERED
                                    && one.offset() > page.seen()))
                    .filter(
                        one ->
                            one.message()
                                .recipients()
                                .device()
                                .map(page.device()::equals)
                                .orElse(true))
                    .limit(page.limit())
                    .toList())
        .toList();
  }

  @Override
  public synchronized SettleResult settle(List<Settlement> batch, ReceiptWriter writer) {
    List<Settled> settled = new ArrayList<>();
    for (Settlement one : batch) {
      boolean pending = at(one.offset()).state() == MessageState.PENDING;
      if (pending) {
        become(one.offset(), one.outcome());
      }
      settled.add(new Settled(one, pending ? Settled.Outcome.APPLIED : Settled.Outcome.ALREADY));
    }
    return new SettleResult(settled, List.of());
  }

  @Override
  public void record(List<DeliveryStep> steps) {}

  private static UnsupportedOperationException notHere() {
    return new UnsupportedOperationException("no cursor asks for this");
  }

  @Override
  public Storing store(String node, List<NewMessage> batch, ReceiptWriter writer) {
    throw notHere();
  }

  @Override
  public Map<StreamKey, StreamHead> heads(List<StreamKey> streams) {
    throw notHere();
  }

  @Override
  public Map<String, Integer> pending(List<String> users) {
    throw notHere();
  }

  @Override
  public List<StoredMessage> read(StreamKey stream, long after, int limit) {
    throw notHere();
  }

  @Override
  public List<StoredReceipt> duplicates(
      List<StoreResult.Duplicate> duplicates, List<ReplyAddress> to, ReceiptWriter writer) {
    throw notHere();
  }

  @Override
  public SettleResult attemptsFailed(
      List<Attempt> attempts, int maxAttempts, ReceiptWriter writer) {
    throw notHere();
  }

  @Override
  public SettleResult sweep(String node, int limit, ReceiptWriter writer) {
    throw notHere();
  }

  @Override
  public List<String> overdue(String node, Duration after, Duration again, int limit) {
    throw notHere();
  }

  @Override
  public SettleResult closeDue(Duration after, int limit, String node, ReceiptWriter writer) {
    throw notHere();
  }

  @Override
  public SettleResult close(
      StreamKey stream, long epoch, long offset, String node, ReceiptWriter writer) {
    throw notHere();
  }

  @Override
  public void receiptsSent(List<UUID> ids) {
    throw notHere();
  }

  @Override
  public List<StoredReceipt> takeOverReceipts(Duration age, int limit) {
    throw notHere();
  }

  @Override
  public List<StoredMessage> find(String messageId) {
    throw notHere();
  }

  @Override
  public List<DeliveryStep> trace(StreamKey stream, long epoch, long offset, int limit) {
    throw notHere();
  }

  @Override
  public List<StoredMessage> dead(Optional<String> user, int offset, int limit) {
    throw notHere();
  }

  @Override
  public long countDead(Optional<String> user) {
    throw notHere();
  }

  @Override
  public boolean retry(StreamKey stream, long epoch, long offset, String by) {
    throw notHere();
  }

  @Override
  public int prune(Duration userHistory, Duration manyHistory, int manyCount, int limit) {
    throw notHere();
  }
}
