package io.trunkline.gateway.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.MessageStore.Attempt;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.Settlement;
import io.trunkline.persistence.StoreResult;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the database refuses in no case, among what it takes. */
class LedgerTest {
  private static final int SOME = 9;
  private static final String POISON = "poison of LedgerTest";

  private static void execute(GatewayFixture fixture, String sql) throws Exception {
    var db = fixture.database();
    try (Connection connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static NewMessage message(StreamKey stream, String id) {
    return new NewMessage(
        stream,
        id,
        id,
        Recipients.ALL,
        Expected.NOTHING,
        "",
        "text/plain",
        new byte[0],
        Optional.empty(),
        4,
        Instant.now(),
        Optional.empty(),
        Optional.empty());
  }

  private static Settlement acknowledged(StoredMessage message, String detail) {
    return new Settlement(
        message.message().stream(),
        message.epoch(),
        message.offset(),
        message.message().id(),
        MessageState.DELIVERED,
        Optional.of(new UUID(0, 1)),
        Optional.of(message.message().stream().name()),
        Optional.of("d1"),
        "gw-test",
        Instant.now(),
        detail,
        Optional.empty());
  }

  private static DeliveryStep sent(StoredMessage message, String detail) {
    return new DeliveryStep(
        message.message().stream(),
        message.epoch(),
        message.offset(),
        message.message().id(),
        DeliveryStep.Kind.SENT,
        Instant.now(),
        "gw-test",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        1,
        detail);
  }

  @Test
  void entriesThatTheDatabaseRefuses_areLeftOutAndCounted_andTheOthersAreWritten()
      throws Exception {
    GatewayFixture fixture = GatewayFixture.shared();
    String user = "ledger-" + UUID.randomUUID();
    try (Database database = Database.open(fixture.database())) {
      execute(
          fixture,
          "alter table trunkline.delivery_step add check (detail <> '" + POISON + "') not valid");
      MessageStore store = database.messages();
      StreamKey stream = StreamKey.ofUser(user);
      List<NewMessage> messages =
          IntStream.range(0, SOME).mapToObj(i -> message(stream, user + i)).toList();
      List<StoredMessage> stored = new ArrayList<>();
      for (StoreResult result :
          store.store("gw-test", messages, Downlink.receiptWriter("gw-test")).results()) {
        stored.add(((StoreResult.Stored) result).message());
      }
      var counts = new StreamCounts();
      List<Ledger.Slip> slips = new ArrayList<>();
      var again = new CompletableFuture<Void>();

      try (var sender = new ReceiptSender(store, receipts -> List.of(), counts);
          var ledger =
              new Ledger(
                  "gw-test",
                  store,
                  Downlink.receiptWriter("gw-test"),
                  sender,
                  new Ledger.Limits(3, counts))) {
        for (int i = 0; i < SOME; i++) {
          String detail = i % 4 == 2 ? POISON : "";
          ledger.step(sent(stored.get(i), detail));
          if (i != 0) {
            slips.add(ledger.settle(acknowledged(stored.get(i), detail)));
          }
        }
        ledger.inVain(attempt(stored.getFirst()), () -> again.complete(null));

        await().atMost(Duration.ofSeconds(60)).until(() -> ledger.backlog() == 0 && again.isDone());
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> slips.stream().allMatch(Ledger.Slip::isWritten));
      }

      assertThat(counts.refused()).as("two steps, two acknowledgements, one attempt").isEqualTo(5);
      assertThat(counts.settled()).isEqualTo(SOME - 3);
      List<Integer> pending =
          IntStream.range(0, SOME)
              .filter(i -> store.find(user + i).getFirst().state() == MessageState.PENDING)
              .boxed()
              .toList();
      assertThat(pending).containsExactly(0, 2, 6);
      for (int i = 0; i < SOME; i++) {
        StoredMessage one = stored.get(i);
        assertThat(store.trace(stream, one.epoch(), one.offset(), 10))
            .as("m" + i)
            .extracting(DeliveryStep::kind)
            .hasSize(i == 0 ? 2 : pending.contains(i) ? 1 : 3);
      }
    }
  }

  private static Attempt attempt(StoredMessage message) {
    return new Attempt(
        message.message().stream(),
        message.epoch(),
        message.offset(),
        new UUID(0, 1),
        "d1",
        "gw-test",
        Instant.now(),
        POISON);
  }
}
