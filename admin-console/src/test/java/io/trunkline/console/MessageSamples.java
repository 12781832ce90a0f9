package io.trunkline.console;

import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.ReplyAddress;
import io.trunkline.persistence.Settlement;
import io.trunkline.persistence.StoreResult;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What nodes do to stored messages, done to the real store. */
record MessageSamples(MessageStore store) {
  static final String NODE = "node-1";
  private static final String DEVICE = "phone";

  private static final MessageStore.ReceiptWriter NO_MATTER =
      new MessageStore.ReceiptWriter() {
        @Override
        public String receipt(UUID id, StoredMessage message, Settlement settlement) {
          return "{}";
        }

        @Override
        public String summary(
            UUID id, StoredMessage message, MessageStore.SummaryCounts counts, Instant at) {
          return "{}";
        }

        @Override
        public String duplicate(UUID id, StoredMessage first, Instant at) {
          return "{}";
        }
      };

  static MessageSamples of(NodeStandIn node) {
    return new MessageSamples(node.database().messages());
  }

  StoredMessage stored(StreamKey stream, String id) {
    var message =
        new NewMessage(
            stream,
            id,
            "ID:of-" + id,
            Recipients.ALL,
            Expected.ACK,
            "order",
            "text/plain",
            ("Hello " + id).getBytes(StandardCharsets.UTF_8),
            Optional.empty(),
            4,
            Instant.now(),
            Optional.empty(),
            Optional.of(new ReplyAddress("queue://erp.receipts", "c-4711")));
    return switch (store.store(NODE, List.of(message), NO_MATTER).results().getFirst()) {
      case StoreResult.Stored(StoredMessage stored) -> stored;
      case StoreResult.Duplicate(StoredMessage first, var _) -> first;
    };
  }

  void sent(StoredMessage message, int attempt) {
    store.record(
        List.of(
            new DeliveryStep(
                message.message().stream(),
                message.epoch(),
                message.offset(),
                message.message().id(),
                DeliveryStep.Kind.SENT,
                Instant.now(),
                NODE,
                Optional.of(UUID.randomUUID()),
                Optional.of(message.message().stream().name()),
                Optional.of(DEVICE),
                attempt,
                "")));
  }

  /** Sent in vain; dead if it was the last attempt. */
  void attemptFailed(StoredMessage message, int maxAttempts) {
    var _ =
        store.attemptsFailed(
            List.of(
                new MessageStore.Attempt(
                    message.message().stream(),
                    message.epoch(),
                    message.offset(),
                    UUID.randomUUID(),
                    DEVICE,
                    NODE,
                    Instant.now(),
                    "no acknowledgement within 30 s")),
            maxAttempts,
            NO_MATTER);
  }

  StoredMessage dead(String user, String id) {
    StoredMessage message = stored(StreamKey.ofUser(user), id);
    sent(message, 1);
    attemptFailed(message, 1);
    return message;
  }

  void acknowledged(StoredMessage message) {
    var _ =
        store.settle(
            List.of(
                new Settlement(
                    message.message().stream(),
                    message.epoch(),
                    message.offset(),
                    message.message().id(),
                    MessageState.DELIVERED,
                    Optional.of(UUID.randomUUID()),
                    Optional.of(message.message().stream().name()),
                    Optional.of(DEVICE),
                    NODE,
                    Instant.now(),
                    "",
                    Optional.empty())),
            NO_MATTER);
  }

  MessageState state(String id) {
    return store.find(id).getFirst().state();
  }
}
