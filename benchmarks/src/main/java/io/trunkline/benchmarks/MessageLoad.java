package io.trunkline.benchmarks;

import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.ReplyAddress;
import io.trunkline.persistence.Settlement;
import io.trunkline.persistence.StoreResult;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StoredReceipt;
import io.trunkline.persistence.StreamKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Messages through the store, as a gateway would take them. Thread-safe. */
final class MessageLoad {
  static final int USERS = 200;
  static final int PAYLOAD_BYTES = 200;

  private static final UUID SESSION = UUID.randomUUID();
  private static final Optional<ReplyAddress> REPLY =
      Optional.of(new ReplyAddress("queue://receipts", "correlation"));

  private final MessageStore store;

  MessageLoad(MessageStore store) {
    this.store = store;
  }

  /** Stores a batch and settles it. */
  void settled(int number, int size) {
    List<StoredMessage> stored = stored(number, size, Optional.empty());
    store.settle(acknowledgements(stored), new Receipts());
  }

  /** The same with the step SENT, and a receipt that goes out. */
  void wholeLife(int number, int size) {
    List<StoredMessage> stored = stored(number, size, REPLY);
    Instant at = Instant.now();
    store.record(
        stored.stream()
            .map(
                message ->
                    new DeliveryStep(
                        message.message().stream(),
                        message.epoch(),
                        message.offset(),
                        message.message().id(),
                        DeliveryStep.Kind.SENT,
                        at,
                        "bench",
                        Optional.of(SESSION),
                        Optional.of(message.message().stream().name()),
                        Optional.of("phone"),
                        1,
                        ""))
            .toList());
    SettleResult result = store.settle(acknowledgements(stored), new Receipts());
    store.receiptsSent(result.receipts().stream().map(StoredReceipt::id).toList());
  }

  private List<StoredMessage> stored(int number, int size, Optional<ReplyAddress> replyTo) {
    Instant at = Instant.now();
    List<NewMessage> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String id = "ID:bench-" + SESSION + ":" + number + ":" + i;
      batch.add(
          new NewMessage(
              StreamKey.ofUser("user-" + (number * 31L + i) % USERS),
              id,
              id,
              Recipients.ALL,
              Expected.ACK,
              "order",
              "text/plain",
              new byte[PAYLOAD_BYTES],
              Optional.empty(),
              4,
              at,
              Optional.empty(),
              replyTo));
    }
    List<StoredMessage> stored = new ArrayList<>();
    for (StoreResult result : store.store("bench", batch, new Receipts()).results()) {
      if (result instanceof StoreResult.Stored done) {
        stored.add(done.message());
      }
    }
    return stored;
  }

  private static List<Settlement> acknowledgements(List<StoredMessage> stored) {
    Instant at = Instant.now();
    return stored.stream()
        .map(
            message ->
                new Settlement(
                    message.message().stream(),
                    message.epoch(),
                    message.offset(),
                    message.message().id(),
                    MessageState.DELIVERED,
                    Optional.of(SESSION),
                    Optional.of(message.message().stream().name()),
                    Optional.of("phone"),
                    "bench",
                    at,
                    "",
                    Optional.empty()))
        .toList();
  }

  /** Bodies as long as real ones. */
  private static final class Receipts implements MessageStore.ReceiptWriter {
    @Override
    public String receipt(UUID id, StoredMessage message, Settlement settlement) {
      return """
          {"receipt_id":"%s","message_id":"%s","status":"DELIVERED","user":"user","device":"phone",\
          "session":"%s","node":"bench","at":"%s"}\
          """
          .formatted(id, message.message().id(), SESSION, settlement.at());
    }

    @Override
    public String summary(
        UUID id, StoredMessage message, MessageStore.SummaryCounts counts, Instant at) {
      return "";
    }

    @Override
    public String duplicate(UUID id, StoredMessage first, Instant at) {
      return "";
    }
  }
}
