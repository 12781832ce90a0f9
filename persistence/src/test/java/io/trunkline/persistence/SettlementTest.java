package io.trunkline.persistence;

import static io.trunkline.persistence.MessageSamples.ALICE;
import static io.trunkline.persistence.MessageSamples.NEWS;
import static io.trunkline.persistence.MessageSamples.NODE;
import static io.trunkline.persistence.MessageSamples.REPLY;
import static io.trunkline.persistence.MessageSamples.WRITER;
import static io.trunkline.persistence.MessageSamples.draft;
import static io.trunkline.persistence.MessageSamples.ids;
import static io.trunkline.persistence.MessageSamples.sent;
import static io.trunkline.persistence.MessageSamples.settlement;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.MessageStore.Attempt;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.Settled.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettlementTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

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
  void settle_ofAUser_theFirstDecides() {
    StoredMessage message = db.one(draft(ALICE, "a1").replyTo(REPLY));

    SettleResult result =
        db.settle(
            settlement(message, MessageState.REPLIED, "phone"),
            settlement(message, MessageState.DELIVERED, "tablet"));
    SettleResult late = db.settle(settlement(message, MessageState.DELIVERED, "tablet"));

    assertThat(result.settled())
        .extracting(Settled::outcome)
        .containsExactly(Outcome.APPLIED, Outcome.ALREADY);
    assertThat(result.receipts()).extracting(StoredReceipt::body).containsExactly("REPLIED a1");
    assertThat(late.settled()).extracting(Settled::outcome).containsExactly(Outcome.ALREADY);
    assertThat(late.receipts()).isEmpty();
    assertThat(db.state(message)).isEqualTo(MessageState.REPLIED);
    assertThat(db.trace(message))
        .containsExactly(DeliveryStep.Kind.STORED, DeliveryStep.Kind.REPLIED);
  }

  @Test
  void settle_withoutAddress_writesNoReceipt() {
    StoredMessage message = db.one(draft(ALICE, "a1"));

    assertThat(db.settle(settlement(message, MessageState.DELIVERED, "phone")).receipts())
        .isEmpty();
    assertThat(db.query("select count(*) from trunkline.receipt")).containsExactly("0");
  }

  @Test
  void settle_whatIsNotTheirs_isUnknownAndChangesNothing() {
    UUID session = UUID.randomUUID();
    StoredMessage forPhone = db.one(draft(ALICE, "a1").device("phone"));
    StoredMessage forSession = db.one(draft(ALICE, "a2").session(session));
    Settlement right = settlement(forPhone, MessageState.DELIVERED, "phone");

    SettleResult result =
        db.settle(
            settlement(forPhone, MessageState.DELIVERED, "tablet"),
            settlement(forSession, MessageState.DELIVERED, "phone"),
            with(right, right.epoch() + 1, right.offset(), "a1", "alice"),
            with(right, right.epoch(), 99, "a1", "alice"),
            with(right, right.epoch(), right.offset(), "a2", "alice"),
            with(right, right.epoch(), right.offset(), "a1", "mallory"));

    assertThat(result.settled()).extracting(Settled::outcome).containsOnly(Outcome.UNKNOWN);
    assertThat(db.state(forPhone)).isEqualTo(MessageState.PENDING);
    assertThat(db.settleOne(right)).isEqualTo(Outcome.APPLIED);
    assertThat(db.settleOne(settlement(forSession, MessageState.DELIVERED, "x", session)))
        .isEqualTo(Outcome.APPLIED);
  }

  private static Settlement with(
      Settlement of, long epoch, long offset, String messageId, String user) {
    return new Settlement(
        of.stream(),
        epoch,
        offset,
        messageId,
        of.outcome(),
        of.session(),
        Optional.of(user),
        of.device(),
        of.node(),
        of.at(),
        of.detail(),
        of.reply());
  }

  @Test
  void settle_ofMany_eachSessionDecidesOnceForItself() {
    StoredMessage message = db.one(draft(NEWS, "n1").replyTo(REPLY));
    UUID one = UUID.randomUUID();
    UUID two = UUID.randomUUID();

    SettleResult result =
        db.settle(
            settlement(message, MessageState.DELIVERED, "phone", one),
            settlement(message, MessageState.DELIVERED, "phone", one),
            settlement(message, MessageState.FAILED, "phone", two));

    assertThat(result.settled())
        .extracting(Settled::outcome)
        .containsExactly(Outcome.APPLIED, Outcome.ALREADY, Outcome.APPLIED);
    assertThat(result.receipts())
        .extracting(StoredReceipt::body)
        .containsExactlyInAnyOrder("DELIVERED n1", "FAILED n1");
    assertThat(db.settleOne(settlement(message, MessageState.DELIVERED, "phone", two)))
        .isEqualTo(Outcome.ALREADY);
    assertThat(db.state(message)).isEqualTo(MessageState.PENDING);
  }

  @Test
  void attemptsFailed_countsAndKillsAtTheLimit() {
    StoredMessage message = db.one(draft(ALICE, "a1").replyTo(REPLY));

    SettleResult first =
        db.store.attemptsFailed(List.of(attempt(message), attempt(message)), 3, WRITER);
    int attempts = db.store.find("a1").getFirst().attempts();
    SettleResult last = db.store.attemptsFailed(List.of(attempt(message)), 3, WRITER);
    SettleResult late = db.store.attemptsFailed(List.of(attempt(message)), 3, WRITER);

    assertThat(first.settled()).isEmpty();
    assertThat(attempts).isEqualTo(2);
    assertThat(last.settled())
        .extracting(s -> s.settlement().outcome())
        .containsExactly(MessageState.DEAD);
    assertThat(last.receipts()).extracting(StoredReceipt::body).containsExactly("DEAD a1");
    assertThat(late.settled()).isEmpty();
    assertThat(db.store.trace(ALICE, message.epoch(), 1, 10))
        .extracting(s -> s.kind() + " " + s.attempt())
        .containsExactlyInAnyOrder(
            "STORED 0", "UNACKNOWLEDGED 1", "UNACKNOWLEDGED 2", "UNACKNOWLEDGED 3", "DEAD 0");
  }

  @Test
  void attemptsFailed_ofMany_countsForEachSession() {
    StoredMessage message = db.one(draft(NEWS, "n1"));
    Attempt ofOne = attempt(message);
    Attempt ofTwo = attempt(message);

    SettleResult first = db.store.attemptsFailed(List.of(ofOne, ofTwo), 2, WRITER);
    db.settle(settlement(message, MessageState.DELIVERED, "phone", ofTwo.session()));
    SettleResult second = db.store.attemptsFailed(List.of(ofOne, ofTwo), 2, WRITER);

    assertThat(first.settled()).isEmpty();
    assertThat(second.settled())
        .extracting(s -> s.settlement().session().orElseThrow())
        .containsExactly(ofOne.session());
    assertThat(db.settleOne(settlement(message, MessageState.DELIVERED, "phone", ofOne.session())))
        .isEqualTo(Outcome.ALREADY);
  }

  private static Attempt attempt(StoredMessage message) {
    return new Attempt(
        message.message().stream(),
        message.epoch(),
        message.offset(),
        UUID.randomUUID(),
        "phone",
        NODE,
        Instant.now(),
        "no acknowledgement within 10 s");
  }

  @Test
  void dead_canBeListedAndRetriedOnce() {
    StoredMessage message = db.one(draft(ALICE, "a1"));
    StoredMessage bobs = db.one(draft(StreamKey.ofUser("bob"), "b1"));
    db.store.attemptsFailed(List.of(attempt(message)), 1, WRITER);
    db.store.attemptsFailed(List.of(attempt(bobs)), 1, WRITER);

    assertThat(ids(db.store.dead(Optional.empty(), 0, 10))).containsExactly("b1", "a1");
    assertThat(ids(db.store.dead(Optional.empty(), 1, 10))).containsExactly("a1");
    assertThat(ids(db.store.dead(Optional.of("alice"), 0, 10))).containsExactly("a1");
    assertThat(db.store.countDead(Optional.empty())).isEqualTo(2);
    assertThat(db.store.countDead(Optional.of("bob"))).isEqualTo(1);

    assertThat(db.store.retry(ALICE, message.epoch(), 1, "admin")).isTrue();
    assertThat(db.store.retry(ALICE, message.epoch(), 1, "admin")).isFalse();

    db.session("alice", NODE, "ACTIVE");
    assertThat(db.store.overdue(NODE, Duration.ofHours(1), SECOND, 10)).containsExactly("alice");
    assertThat(db.store.find("a1").getFirst())
        .extracting(StoredMessage::state, StoredMessage::attempts)
        .containsExactly(MessageState.PENDING, 0);
    assertThat(db.trace(message)).endsWith(DeliveryStep.Kind.RETRIED);
    assertThat(db.store.countDead(Optional.of("alice"))).isZero();
  }

  @Test
  void sweep_settlesWhatHasExpiredByTheDatabasesClock() {
    Instant past = Instant.now().minusSeconds(3_600);
    db.stored(
        draft(ALICE, "a1").expires(past).replyTo(REPLY),
        draft(ALICE, "a2").expires(Instant.now().plusSeconds(3_600)),
        draft(NEWS, "n1").expires(past));

    SettleResult result = db.store.sweep(NODE, 10, WRITER);

    assertThat(result.settled())
        .extracting(s -> s.settlement().messageId() + " " + s.settlement().outcome())
        .containsExactly("a1 EXPIRED");
    assertThat(result.receipts()).extracting(StoredReceipt::body).containsExactly("EXPIRED a1");
    assertThat(db.store.sweep(NODE, 10, WRITER).settled()).isEmpty();
  }

  @Test
  void sweep_takesNoMoreThanTheLimit() {
    Instant past = Instant.now().minusSeconds(3_600);
    db.stored(
        draft(ALICE, "a1").expires(past),
        draft(ALICE, "a2").expires(past),
        draft(ALICE, "a3").expires(past));

    assertThat(db.store.sweep(NODE, 2, WRITER).settled()).hasSize(2);
    assertThat(db.store.sweep(NODE, 2, WRITER).settled()).hasSize(1);
  }

  @Test
  void sweep_failsWhatIsForASessionThatIsOver() {
    UUID alive = db.session("alice", NODE, "DETACHED");
    UUID over = UUID.randomUUID();
    db.execute(
        """
        insert into trunkline.session_history (id, epoch, ended_at, close_code, close_name, reason)
        values ('%s', 1, now(), 1, 'X', '')
        """
            .formatted(over));
    db.stored(
        draft(ALICE, "alive").session(alive),
        draft(ALICE, "over").session(over).replyTo(REPLY),
        draft(ALICE, "not recorded yet").session(UUID.randomUUID()));

    SettleResult result = db.store.sweep(NODE, 10, WRITER);
    assertThat(result.receipts()).extracting(StoredReceipt::body).containsExactly("FAILED over");

    db.age("2 minutes");
    assertThat(db.store.sweep(NODE, 10, WRITER).settled())
        .extracting(s -> s.settlement().messageId())
        .containsExactly("not recorded yet");
  }

  @Test
  void close_countsRecipientsFromTheTrace() {
    // given
    StoredMessage message = db.one(draft(StreamKey.ofBroadcasts(), "b1").replyTo(REPLY));
    UUID acked = UUID.randomUUID();
    UUID sentOnly = db.session("carol", NODE, "DETACHED");
    UUID failed = UUID.randomUUID();
    db.session("dave", NODE, "DETACHED");
    db.session("erin", NODE, "ACTIVE");
    db.store.record(List.of(sent(message, acked), sent(message, acked), sent(message, sentOnly)));
    db.settle(
        settlement(message, MessageState.DELIVERED, "phone", acked),
        settlement(message, MessageState.FAILED, "phone", failed));

    // when
    SettleResult closed =
        db.store.close(StreamKey.ofBroadcasts(), message.epoch(), message.offset(), NODE, WRITER);

    // then
    assertThat(closed.receipts())
        .extracting(r -> r.status() + ": " + r.body())
        .containsExactly("SUMMARY: SUMMARY b1 3/2/1/1/1");
    assertThat(closed.settled())
        .extracting(s -> s.settlement().outcome())
        .containsExactly(MessageState.CLOSED);
    assertThat(db.state(message)).isEqualTo(MessageState.CLOSED);
    assertThat(db.trace(message)).endsWith(DeliveryStep.Kind.CLOSED);
    assertThat(
            db.store
                .close(StreamKey.ofBroadcasts(), message.epoch(), message.offset(), NODE, WRITER)
                .receipts())
        .isEmpty();
  }

  @Test
  void closeDue_closesWhatIsOldEnoughAndWantsASummary() {
    db.stored(draft(NEWS, "n1").replyTo(REPLY), draft(NEWS, "n2"), draft(ALICE, "a1"));
    db.age("1 minute");
    db.stored(draft(NEWS, "n3").replyTo(REPLY));

    assertThat(db.store.closeDue(Duration.ofSeconds(30), 10, NODE, WRITER).receipts())
        .extracting(StoredReceipt::body)
        .containsExactly("SUMMARY n1 0/0/0/0/0");
    assertThat(db.store.closeDue(Duration.ofSeconds(30), 10, NODE, WRITER).receipts()).isEmpty();
  }

  @Test
  void settle_ofManyAfterTheSummary_isStillTraced() {
    StoredMessage message = db.one(draft(NEWS, "n1").replyTo(REPLY));
    db.store.close(NEWS, message.epoch(), message.offset(), NODE, WRITER);

    assertThat(db.settleOne(settlement(message, MessageState.DELIVERED, "phone")))
        .isEqualTo(Outcome.APPLIED);
    assertThat(db.state(message)).isEqualTo(MessageState.CLOSED);
  }

  @Test
  void receipts_waitUntilTheyAreSent_andAreTakenOverOnce() {
    StoredMessage message = db.one(draft(ALICE, "a1").replyTo(REPLY));
    StoredReceipt receipt =
        db.settle(settlement(message, MessageState.DELIVERED, "phone")).receipts().getFirst();

    assertThat(db.store.takeOverReceipts(SECOND, 10)).isEmpty();
    db.execute("update trunkline.receipt set created_at = created_at - interval '1 minute'");
    assertThat(db.store.takeOverReceipts(SECOND, 10)).containsExactly(receipt);
    assertThat(db.store.takeOverReceipts(Duration.ofSeconds(20), 10)).isEmpty();
    db.execute("update trunkline.receipt set taken_at = taken_at - interval '1 minute'");
    assertThat(db.store.takeOverReceipts(SECOND, 10)).containsExactly(receipt);

    db.store.receiptsSent(List.of(receipt.id(), UUID.randomUUID()));

    assertThat(db.query("select count(*) from trunkline.receipt")).containsExactly("0");
  }
}
