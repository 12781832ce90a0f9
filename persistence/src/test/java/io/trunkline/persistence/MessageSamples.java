package io.trunkline.persistence;

import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.Storing;
import io.trunkline.persistence.MessageStore.SummaryCounts;
import io.trunkline.persistence.MessageStore.UserPage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A database with a message store, and words to talk about messages. */
final class MessageSamples implements AutoCloseable {
  static final String NODE = "node-1";
  static final StreamKey ALICE = StreamKey.ofUser("alice");
  static final StreamKey NEWS = StreamKey.ofTopic("news");
  static final ReplyAddress REPLY = new ReplyAddress("queue://receipts", "c-1");

  /** Receipts as short texts. */
  static final ReceiptWriter WRITER =
      new ReceiptWriter() {
        @Override
        public String receipt(UUID id, StoredMessage message, Settlement settlement) {
          return settlement.outcome() + " " + message.message().id();
        }

        @Override
        public String summary(UUID id, StoredMessage message, SummaryCounts counts, Instant at) {
          return "SUMMARY %s %d/%d/%d/%d/%d"
              .formatted(
                  message.message().id(),
                  counts.matched(),
                  counts.sent(),
                  counts.acked(),
                  counts.failed(),
                  counts.offline());
        }

        @Override
        public String duplicate(UUID id, StoredMessage first, Instant at) {
          return "DUPLICATE " + first.message().id();
        }
      };

  /** Emptied for each test: a database for each would take the server a minute to remove. */
  private static final DatabaseConfig SHARED = TestServer.migratedDatabase();

  final DatabaseConfig config;
  final Database database;
  final MessageStore store;

  MessageSamples() throws Exception {
    this(SHARED);
    execute(
        """
        truncate trunkline.stream, trunkline.message, trunkline.recipient, trunkline.receipt,
          trunkline.delivery_step, trunkline.live_session, trunkline.session_history,
          trunkline.node restart identity
        """);
  }

  /** In a database that no other test has used. */
  MessageSamples(DatabaseConfig config) throws Exception {
    this.config = config;
    database = Database.open(config);
    database.migrate();
    store = database.messages();
  }

  @Override
  public void close() {
    database.close();
  }

  /** A message under construction. */
  record Draft(NewMessage message) {
    Draft key(String key) {
      return with(message.recipients(), Optional.of(key), message.expiresAt(), message.replyTo());
    }

    Draft expires(Instant at) {
      return with(message.recipients(), message.key(), Optional.of(at), message.replyTo());
    }

    Draft replyTo(ReplyAddress to) {
      return with(message.recipients(), message.key(), message.expiresAt(), Optional.of(to));
    }

    Draft device(String device) {
      return to(new Recipients(Optional.of(device), Optional.empty(), Optional.empty()));
    }

    Draft session(UUID session) {
      return to(new Recipients(Optional.empty(), Optional.of(session), Optional.empty()));
    }

    Draft to(Recipients recipients) {
      return with(recipients, message.key(), message.expiresAt(), message.replyTo());
    }

    Draft publication(String publication) {
      return new Draft(
          new NewMessage(
              message.stream(),
              message.id(),
              publication,
              message.recipients(),
              message.expected(),
              message.type(),
              message.contentType(),
              message.payload(),
              message.key(),
              message.priority(),
              message.publishedAt(),
              message.expiresAt(),
              message.replyTo()));
    }

    private Draft with(
        Recipients recipients,
        Optional<String> key,
        Optional<Instant> expiresAt,
        Optional<ReplyAddress> replyTo) {
      return new Draft(
          new NewMessage(
              message.stream(),
              message.id(),
              message.publication(),
              recipients,
              message.expected(),
              message.type(),
              message.contentType(),
              message.payload(),
              key,
              message.priority(),
              message.publishedAt(),
              expiresAt,
              replyTo));
    }
  }

  static Draft draft(StreamKey stream, String id) {
    return new Draft(
        new NewMessage(
            stream,
            id,
            "ID:" + id,
            Recipients.ALL,
            Expected.ACK,
            "order",
            "text/plain",
            ("payload of " + id).getBytes(StandardCharsets.UTF_8),
            Optional.empty(),
            4,
            Samples.NOON,
            Optional.empty(),
            Optional.empty()));
  }

  Storing storing(Draft... drafts) {
    return store.store(NODE, Arrays.stream(drafts).map(Draft::message).toList(), WRITER);
  }

  /** Stores messages that are all new. */
  List<StoredMessage> stored(Draft... drafts) {
    return storing(drafts).results().stream()
        .map(result -> ((StoreResult.Stored) result).message())
        .toList();
  }

  StoredMessage one(Draft draft) {
    return stored(draft).getFirst();
  }

  static Settlement settlement(StoredMessage message, MessageState outcome, String device) {
    return settlement(message, outcome, device, UUID.randomUUID());
  }

  static Settlement settlement(
      StoredMessage message, MessageState outcome, String device, UUID session) {
    StreamKey stream = message.message().stream();
    return new Settlement(
        stream,
        message.epoch(),
        message.offset(),
        message.message().id(),
        outcome,
        Optional.of(session),
        stream.kind() == StreamKey.Kind.USER ? Optional.of(stream.name()) : Optional.of("bob"),
        Optional.of(device),
        NODE,
        Instant.now(),
        "",
        Optional.empty());
  }

  static DeliveryStep sent(StoredMessage message, UUID session) {
    return new DeliveryStep(
        message.message().stream(),
        message.epoch(),
        message.offset(),
        message.message().id(),
        DeliveryStep.Kind.SENT,
        Instant.now(),
        NODE,
        Optional.of(session),
        Optional.of("bob"),
        Optional.of("phone"),
        1,
        "");
  }

  MessageStore.SettleResult settle(Settlement... settlements) {
    return store.settle(List.of(settlements), WRITER);
  }

  Settled.Outcome settleOne(Settlement settlement) {
    return settle(settlement).settled().getFirst().outcome();
  }

  /** What a device of alice must still see, from the start. */
  List<String> read(String device, long after, long seen) {
    return ids(
        store
            .read(List.of(new UserPage("alice", device, UUID.randomUUID(), after, seen, 100)))
            .getFirst());
  }

  static List<String> ids(List<StoredMessage> messages) {
    return messages.stream().map(message -> message.message().id()).toList();
  }

  List<String> query(String sql) {
    return TestServer.query(config, sql);
  }

  void execute(String sql) {
    TestServer.execute(config, sql);
  }

  List<DeliveryStep.Kind> trace(StoredMessage message) {
    return store.trace(message.message().stream(), message.epoch(), message.offset(), 100).stream()
        .map(DeliveryStep::kind)
        .toList();
  }

  MessageState state(StoredMessage message) {
    return store.find(message.message().id()).getFirst().state();
  }

  /** A live session. */
  UUID session(String user, String node, String state) {
    UUID id = UUID.randomUUID();
    execute(
        """
        insert into trunkline.live_session (id, epoch, state, user_id, device_id, client_name,
          client_version, platform, transport, remote_address, node_id, attributes, started_at)
        values ('%s', 1, '%s', '%s', 'd', 'c', '1', 'ios', 'tcp', 'a', '%s', '{}', now())
        """
            .formatted(id, state, user, node));
    return id;
  }

  /** Lets time go by for what is stored so far. */
  void age(String interval) {
    execute(
        """
        update trunkline.message set stored_at = stored_at - interval '%1$s',
          settled_at = settled_at - interval '%1$s', next_look_at = next_look_at - interval '%1$s'
        """
            .formatted(interval));
  }
}
