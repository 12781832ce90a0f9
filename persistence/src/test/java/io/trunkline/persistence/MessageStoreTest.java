package io.trunkline.persistence;

import static io.trunkline.persistence.MessageSamples.ALICE;
import static io.trunkline.persistence.MessageSamples.NEWS;
import static io.trunkline.persistence.MessageSamples.REPLY;
import static io.trunkline.persistence.MessageSamples.WRITER;
import static io.trunkline.persistence.MessageSamples.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.persistence.MessageSamples.Draft;
import io.trunkline.persistence.MessageStore.Storing;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MessageStoreTest {
  private MessageSamples db;

  @BeforeEach
  void open() throws Exception {
    db = new MessageSamples();
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void store_numbersEachStreamFromOne_inTheGivenOrder() {
    StreamKey bob = StreamKey.ofUser("bob");

    List<StoredMessage> stored =
        db.stored(draft(ALICE, "a1"), draft(bob, "b1"), draft(ALICE, "a2"), draft(NEWS, "n1"));
    StoredMessage later = db.one(draft(ALICE, "a3"));

    assertThat(stored).extracting(StoredMessage::offset).containsExactly(1L, 1L, 2L, 1L);
    assertThat(later.offset()).isEqualTo(3);
    assertThat(later.epoch()).isEqualTo(stored.getFirst().epoch()).isPositive();
    assertThat(db.store.heads(List.of(ALICE, bob, StreamKey.ofBroadcasts())))
        .isEqualTo(
            Map.of(
                ALICE,
                new StreamHead(later.epoch(), 3, 0),
                bob,
                new StreamHead(stored.get(1).epoch(), 1, 0),
                StreamKey.ofBroadcasts(),
                StreamHead.EMPTY));
  }

  @Test
  void store_keepsEverythingOfAMessage() {
    Draft full =
        draft(ALICE, "a1")
            .key("k")
            .expires(Instant.parse("2030-01-01T00:00:00.123456Z"))
            .replyTo(REPLY)
            .to(
                new Recipients(
                    Optional.of("phone"), Optional.of(new UUID(1, 2)), Optional.of("x")));

    StoredMessage stored = db.one(full);
    StoredMessage found = db.store.find("a1").getFirst();

    assertThat(found).usingRecursiveComparison().isEqualTo(stored);
    assertThat(found.message()).usingRecursiveComparison().isEqualTo(full.message());
    assertThat(found.state()).isEqualTo(MessageState.PENDING);
    assertThat(db.trace(found)).containsExactly(DeliveryStep.Kind.STORED);
  }

  @Test
  void store_sameMessageAgain_isADuplicateAndTakesNoOffset() {
    StoredMessage first = db.one(draft(ALICE, "a1"));

    List<StoreResult> again = db.storing(draft(ALICE, "a1"), draft(ALICE, "a2")).results();

    assertThat(again.get(0))
        .isInstanceOfSatisfying(
            StoreResult.Duplicate.class,
            d -> {
              assertThat(d.samePublication()).isTrue();
              assertThat(d.message()).usingRecursiveComparison().isEqualTo(first);
            });
    assertThat(again.get(1))
        .isInstanceOfSatisfying(
            StoreResult.Stored.class, s -> assertThat(s.message().offset()).isEqualTo(2));
    assertThat(db.trace(first)).containsExactly(DeliveryStep.Kind.STORED);
  }

  @Test
  void store_sameIdTwiceInOneBatch_storesTheFirst() {
    List<StoreResult> results =
        db.storing(
                draft(ALICE, "a1"),
                draft(ALICE, "a1"),
                draft(ALICE, "a1").publication("other"),
                draft(NEWS, "a1"))
            .results();

    assertThat(results.get(0)).isInstanceOf(StoreResult.Stored.class);
    assertThat(results.get(1))
        .isInstanceOfSatisfying(
            StoreResult.Duplicate.class, d -> assertThat(d.samePublication()).isTrue());
    assertThat(results.get(2))
        .isInstanceOfSatisfying(
            StoreResult.Duplicate.class, d -> assertThat(d.samePublication()).isFalse());
    assertThat(results.get(3)).isInstanceOf(StoreResult.Stored.class);
    assertThat(db.store.find("a1")).hasSize(2);
  }

  @Test
  void store_anotherPublicationOfAPendingMessage_movesTheReceiptsToIt() {
    StoredMessage first = db.one(draft(ALICE, "a1").replyTo(REPLY));
    ReplyAddress newer = new ReplyAddress("queue://newer", "c-2");
    Draft again = draft(ALICE, "a1").publication("ID:2").replyTo(newer);

    StoreResult duplicate = db.storing(again).results().getFirst();
    StoreResult redelivered = db.storing(again).results().getFirst();

    assertThat(((StoreResult.Duplicate) duplicate).samePublication()).isFalse();
    assertThat(((StoreResult.Duplicate) redelivered).samePublication()).isTrue();
    assertThat(db.store.find("a1").getFirst().message().replyTo()).contains(newer);
    assertThat(db.trace(first))
        .containsExactly(DeliveryStep.Kind.STORED, DeliveryStep.Kind.DUPLICATE);
  }

  @Test
  void store_anotherPublicationWithoutAnAddress_leavesTheReceiptsWhereTheyWere() {
    db.one(draft(ALICE, "a1").replyTo(REPLY));

    db.storing(draft(ALICE, "a1").publication("ID:2"));

    assertThat(db.store.find("a1").getFirst().message().replyTo()).contains(REPLY);
  }

  @Test
  void store_textThatPostgresCannotHold_isCleaned() {
    StreamKey odd = StreamKey.ofUser("a\u0000b");

    StoredMessage stored = db.one(draft(odd, "i\u0000d"));

    assertThat(stored.message().id()).isEqualTo("i\u0000d");
    assertThat(db.storing(draft(odd, "i\u0000d")).results().getFirst())
        .isInstanceOf(StoreResult.Duplicate.class);
    assertThat(db.store.heads(List.of(odd)))
        .containsEntry(odd, new StreamHead(stored.epoch(), 1, 0));
    assertThat(db.settleOne(MessageSamples.settlement(stored, MessageState.DELIVERED, "d\u0000")))
        .isEqualTo(Settled.Outcome.APPLIED);
    assertThat(db.store.trace(odd, stored.epoch(), 1, 10)).hasSize(2);
  }

  @Test
  void store_expiryInTheFarFuture_isTaken() {
    db.one(draft(ALICE, "a1").expires(Instant.ofEpochMilli(Long.MAX_VALUE)));

    assertThat(db.read("phone", 0, Long.MAX_VALUE)).containsExactly("a1");
  }

  @Test
  void store_thatTheDatabaseRefuses_saysSoInOneLineAndKeepsNothing() {
    Draft tooLong = draft(ALICE, incompressible(20_000));

    assertThatThrownBy(() -> db.storing(draft(ALICE, "a1"), tooLong))
        .isInstanceOf(PersistenceException.class)
        .hasMessageStartingWith("Messages cannot be stored: ")
        .message()
        .doesNotContain("\n");
    assertThat(db.store.find("a1")).isEmpty();
    assertThat(db.one(draft(ALICE, "a2")).offset()).isEqualTo(1);
  }

  private static String incompressible(int length) {
    return new Random(1)
        .ints(length, 33, 127)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void store_writerThatFails_rollsBack() {
    StoredMessage old = db.one(draft(ALICE, "a1").key("k").replyTo(REPLY));
    putToRest();

    assertThatThrownBy(
            () ->
                db.store.store(
                    "n", List.of(draft(ALICE, "a2").key("k").message()), new BrokenWriter()))
        .hasMessage("broken");

    assertThat(db.state(old)).isEqualTo(MessageState.PENDING);
    assertThat(db.store.find("a2")).isEmpty();
  }

  @Test
  void store_keyedMessageForAUserWhoIsAway_takesThePlaceOfTheOlderOne() {
    // given
    StoredMessage old = db.one(draft(ALICE, "a1").key("k").replyTo(REPLY));
    db.stored(
        draft(ALICE, "other key").key("k2"),
        draft(ALICE, "no key"),
        draft(ALICE, "one device").key("k").device("tablet"));
    putToRest();

    // when
    Storing storing = db.storing(draft(ALICE, "a2").key("k"));

    // then
    assertThat(storing.conflated().settled())
        .extracting(s -> s.settlement().messageId())
        .containsExactly("a1");
    assertThat(storing.conflated().receipts())
        .extracting(StoredReceipt::body)
        .containsExactly("CONFLATED a1");
    assertThat(db.state(old)).isEqualTo(MessageState.CONFLATED);
    assertThat(db.trace(old))
        .containsExactly(DeliveryStep.Kind.STORED, DeliveryStep.Kind.CONFLATED);
    assertThat(db.read("phone", 0, Long.MAX_VALUE)).containsExactly("other key", "no key", "a2");
    assertThat(db.query("select status from trunkline.receipt")).containsExactly("CONFLATED");
  }

  @Test
  void store_keyedMessageForAUserWhoHasComeBack_leavesTheOlderOne() {
    db.one(draft(ALICE, "a1").key("k"));
    putToRest();
    db.session("alice", "node-1", "ACTIVE");

    assertThat(db.storing(draft(ALICE, "a2").key("k")).conflated().settled()).isEmpty();
  }

  @Test
  void store_keyedMessageWhileTheOlderOneIsNew_leavesIt() {
    db.one(draft(ALICE, "a1").key("k"));

    assertThat(db.storing(draft(ALICE, "a2").key("k")).conflated().settled()).isEmpty();
  }

  @Test
  void store_keyedMessageThatHasExpired_takesNobodysPlace() {
    StoredMessage old = db.one(draft(ALICE, "a1").key("k"));
    putToRest();

    Storing storing =
        db.storing(draft(ALICE, "late").key("k").expires(Instant.now().minusSeconds(60)));

    assertThat(storing.conflated().settled()).isEmpty();
    assertThat(db.state(old)).isEqualTo(MessageState.PENDING);
  }

  private static final class BrokenWriter implements MessageStore.ReceiptWriter {
    @Override
    public String receipt(UUID id, StoredMessage message, Settlement settlement) {
      throw new IllegalStateException("broken");
    }

    @Override
    public String summary(
        UUID id, StoredMessage message, MessageStore.SummaryCounts counts, Instant at) {
      throw new IllegalStateException("broken");
    }

    @Override
    public String duplicate(UUID id, StoredMessage first, Instant at) {
      throw new IllegalStateException("broken");
    }
  }

  private void putToRest() {
    db.age("1 hour");
    assertThat(db.store.overdue("node-1", Duration.ofSeconds(1), Duration.ofMinutes(1), 100))
        .isEmpty();
    assertThat(db.query("select count(*) from trunkline.message where next_look_at is not null"))
        .containsExactly("0");
  }

  @Test
  void store_withoutADatabase_saysSoInOneLine() {
    db.database.close();

    assertThatThrownBy(() -> db.one(draft(ALICE, "a1")))
        .isInstanceOf(PersistenceException.class)
        .hasMessageStartingWith("Messages cannot be stored: ");
  }

  @Test
  void duplicates_commitsAReceiptForEach() {
    db.one(draft(ALICE, "a1"));
    StoreResult.Duplicate duplicate =
        (StoreResult.Duplicate)
            db.storing(draft(ALICE, "a1").publication("ID:2")).results().getFirst();

    List<StoredReceipt> receipts = db.store.duplicates(List.of(duplicate), List.of(REPLY), WRITER);

    assertThat(receipts).extracting(StoredReceipt::body).containsExactly("DUPLICATE a1");
    assertThat(db.query("select destination, correlation_id, status from trunkline.receipt"))
        .containsExactly("queue://receipts|c-1|DUPLICATE");
  }
}
