package io.trunkline.persistence;

import static io.trunkline.persistence.MessageSamples.ALICE;
import static io.trunkline.persistence.MessageSamples.NEWS;
import static io.trunkline.persistence.MessageSamples.NODE;
import static io.trunkline.persistence.MessageSamples.REPLY;
import static io.trunkline.persistence.MessageSamples.WRITER;
import static io.trunkline.persistence.MessageSamples.draft;
import static io.trunkline.persistence.MessageSamples.ids;
import static io.trunkline.persistence.MessageSamples.settlement;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.MessageStore.UserPage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MessageReadTest {
  private static final long NONE = Long.MAX_VALUE;
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

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
  void read_givesPendingOnesAndWhatAnotherDeviceHasSettledSince() {
    List<StoredMessage> m =
        db.stored(draft(ALICE, "1"), draft(ALICE, "2"), draft(ALICE, "3"), draft(ALICE, "4"));
    db.settle(
        settlement(m.get(0), MessageState.DELIVERED, "tablet"),
        settlement(m.get(2), MessageState.DELIVERED, "tablet"));

    assertThat(db.read("phone", 0, NONE)).containsExactly("2", "4");
    assertThat(db.read("phone", 0, 0)).containsExactly("1", "2", "3", "4");
    assertThat(db.read("phone", 0, 1)).containsExactly("2", "3", "4");
    assertThat(db.read("phone", 2, 1)).containsExactly("3", "4");
    assertThat(db.read("tablet", 0, 0)).containsExactly("2", "4");
  }

  @Test
  void read_leavesOutWhatIsExpiredDeadOrForOthers() {
    UUID session = UUID.randomUUID();
    List<StoredMessage> m =
        db.stored(
            draft(ALICE, "expired").expires(Instant.now().minusSeconds(3_600)),
            draft(ALICE, "dead"),
            draft(ALICE, "for tablet").device("tablet"),
            draft(ALICE, "for a session").session(session),
            draft(StreamKey.ofUser("bob"), "for bob"),
            draft(ALICE, "for all"));
    db.settle(settlement(m.get(1), MessageState.DEAD, "tablet"));

    assertThat(db.read("phone", 0, 0)).containsExactly("for all");
    assertThat(db.read("tablet", 0, 0)).containsExactly("for tablet", "for all");
    assertThat(
            ids(
                db.store
                    .read(List.of(new UserPage("alice", "phone", session, 0, 0, 10)))
                    .getFirst()))
        .containsExactly("for a session", "for all");
  }

  @Test
  void read_severalQuestions_eachHasItsOwnLimitAndAnswer() {
    StreamKey bob = StreamKey.ofUser("bob");
    db.stored(draft(ALICE, "a1"), draft(ALICE, "a2"), draft(ALICE, "a3"), draft(bob, "b1"));
    UUID any = UUID.randomUUID();

    List<List<StoredMessage>> pages =
        db.store.read(
            List.of(
                new UserPage("alice", "phone", any, 0, NONE, 2),
                new UserPage("nobody", "phone", any, 0, NONE, 2),
                new UserPage("bob", "phone", any, 0, NONE, 2),
                new UserPage("alice", "phone", any, 2, NONE, 2)));

    assertThat(pages.stream().map(MessageSamples::ids))
        .containsExactly(List.of("a1", "a2"), List.of(), List.of("b1"), List.of("a3"));
    assertThat(pages.getFirst().getFirst().message().payload())
        .asString()
        .isEqualTo("payload of a1");
  }

  @Test
  void readStream_givesWhatIsNotExpired_inOrder() {
    db.stored(
        draft(NEWS, "n1"),
        draft(NEWS, "n2").expires(Instant.now().minusSeconds(3_600)),
        draft(NEWS, "n3"),
        draft(NEWS, "n4"));

    assertThat(ids(db.store.read(NEWS, 0, 2))).containsExactly("n1", "n3");
    assertThat(ids(db.store.read(NEWS, 3, 2))).containsExactly("n4");
    assertThat(db.store.read(StreamKey.ofTopic("other"), 0, 2)).isEmpty();
  }

  @Test
  void pending_namesOnlyUsersWhoHaveSome() {
    StoredMessage bobs = db.one(draft(StreamKey.ofUser("bob"), "b1"));
    db.stored(draft(ALICE, "a1"), draft(ALICE, "a2"));
    db.settle(settlement(bobs, MessageState.DELIVERED, "phone"));

    assertThat(db.store.pending(List.of("alice", "bob", "carol"))).isEqualTo(Map.of("alice", 2));
  }

  @Test
  void overdue_namesUsersConnectedHere_onceAndThenAgain() {
    db.session("alice", NODE, "ACTIVE");
    db.session("bob", "node-2", "ACTIVE");
    db.stored(draft(ALICE, "a1"), draft(ALICE, "a2"), draft(StreamKey.ofUser("bob"), "b1"));
    assertThat(db.store.overdue(NODE, SECOND.multipliedBy(30), MINUTE, 10)).isEmpty();
    db.age("40 seconds");

    assertThat(db.store.overdue(NODE, SECOND.multipliedBy(30), MINUTE, 10))
        .containsExactly("alice");
    assertThat(db.store.overdue(NODE, SECOND.multipliedBy(30), MINUTE, 10)).isEmpty();
    assertThat(db.store.overdue("node-2", SECOND.multipliedBy(30), MINUTE, 10))
        .containsExactly("bob");
    db.age("59 seconds");
    assertThat(db.store.overdue(NODE, SECOND.multipliedBy(30), MINUTE, 10)).isEmpty();
    db.age("2 seconds");
    assertThat(db.store.overdue(NODE, SECOND.multipliedBy(30), MINUTE, 10))
        .containsExactly("alice");
  }

  @Test
  void overdue_putsToRestWhatIsForUsersWhoAreAway_notTheLatest() {
    db.session("alice", NODE, "DETACHED");
    db.stored(draft(ALICE, "a1"));
    db.age("30 seconds");

    assertThat(db.store.overdue(NODE, SECOND, SECOND, 10)).isEmpty();
    assertThat(atRest()).containsExactly("0");
    db.age("40 seconds");
    assertThat(db.store.overdue(NODE, SECOND, SECOND, 10)).isEmpty();
    assertThat(atRest()).containsExactly("1");
    assertThat(db.read("phone", 0, NONE)).containsExactly("a1");
  }

  @Test
  void overdue_sessionOfANodeThatDied_isNoConnection() {
    db.database.nodes().register("node-2", "a", "b", SECOND, SECOND);
    db.session("alice", "node-2", "ACTIVE");
    db.stored(draft(ALICE, "a1"));
    db.age("2 minutes");
    assertThat(db.store.overdue(NODE, SECOND, SECOND, 10)).isEmpty();
    assertThat(atRest()).containsExactly("0");

    db.execute("update trunkline.node set lease_until = now() - interval '1 s'");
    assertThat(db.store.overdue(NODE, SECOND, SECOND, 10)).isEmpty();

    assertThat(atRest()).containsExactly("1");
  }

  private List<String> atRest() {
    return db.query("select count(*) from trunkline.message where next_look_at is null");
  }

  @Test
  void prune_ofUsers_takesOldSettledOnes_andSaysWhatCanBeMissed() {
    List<StoredMessage> m =
        db.stored(
            draft(ALICE, "pending"),
            draft(ALICE, "delivered"),
            draft(ALICE, "for one device").device("phone"),
            draft(ALICE, "dead"),
            draft(ALICE, "young"));
    db.settle(
        settlement(m.get(1), MessageState.DELIVERED, "phone"),
        settlement(m.get(2), MessageState.DELIVERED, "phone"),
        settlement(m.get(3), MessageState.DEAD, "phone"));
    db.age("2 days");
    db.settle(settlement(m.get(4), MessageState.DELIVERED, "phone"));

    assertThat(db.store.prune(DAY, DAY, 100, 2)).isEqualTo(2);
    assertThat(db.store.prune(DAY, DAY, 100, 2)).isEqualTo(1);
    assertThat(db.store.prune(DAY, DAY, 100, 2)).isZero();

    assertThat(db.query("select message_id from trunkline.message order by 1"))
        .containsExactly("pending", "young");
    assertThat(db.store.heads(List.of(ALICE)))
        .containsEntry(ALICE, new StreamHead(m.getFirst().epoch(), 5, 2));
    assertThat(db.one(draft(ALICE, "new")).offset()).isEqualTo(6);
  }

  @Test
  void prune_ofUsers_whatHasExpiredSince_cannotBeMissed() {
    StoredMessage message = db.one(draft(ALICE, "a1").expires(Instant.now().plusSeconds(3_600)));
    db.settle(settlement(message, MessageState.DELIVERED, "phone"));
    db.age("2 days");
    db.execute("update trunkline.message set expires_at = now() - interval '1 day'");

    assertThat(db.store.prune(DAY, DAY, 100, 10)).isEqualTo(1);

    assertThat(db.store.heads(List.of(ALICE)))
        .containsEntry(ALICE, new StreamHead(message.epoch(), 1, 0));
  }

  @Test
  void prune_ofMany_keepsTheNewestAndWhatIsYoung() {
    List<StoredMessage> m = db.stored(draft(NEWS, "n1"), draft(NEWS, "n2"));
    db.settle(settlement(m.getFirst(), MessageState.DELIVERED, "phone"));
    db.age("2 days");
    db.stored(draft(NEWS, "n3"), draft(NEWS, "n4"), draft(NEWS, "n5"));

    assertThat(db.store.prune(DAY, DAY, 100, 10)).isEqualTo(2);
    assertThat(ids(db.store.read(NEWS, 0, 10))).containsExactly("n3", "n4", "n5");
    assertThat(db.store.prune(DAY, DAY, 2, 10)).isEqualTo(1);
    assertThat(ids(db.store.read(NEWS, 0, 10))).containsExactly("n4", "n5");

    assertThat(db.store.heads(List.of(NEWS)))
        .containsEntry(NEWS, new StreamHead(m.getFirst().epoch(), 5, 3));
    assertThat(db.query("select count(*) from trunkline.recipient")).containsExactly("0");
  }

  @Test
  void prune_ofMany_waitsForAnOpenSummary() {
    StoredMessage message = db.one(draft(NEWS, "n1").replyTo(REPLY));
    db.age("2 days");

    assertThat(db.store.prune(DAY, DAY, 100, 10)).isZero();
    db.store.close(NEWS, message.epoch(), 1, NODE, WRITER);
    db.age("2 days");
    assertThat(db.store.prune(DAY, DAY, 100, 10)).isEqualTo(1);
  }

  @Test
  void page_tellsOfNewerOnesOfTheKey_alsoBeyondItsEndAndAlsoTaken() {
    // Stored together: none was at rest when the next one came.
    List<StoredMessage> m =
        db.stored(
            draft(ALICE, "k1").key("k"),
            draft(ALICE, "other").key("o"),
            draft(ALICE, "k2").key("k"),
            draft(ALICE, "t1").key("k").device("tablet"),
            draft(ALICE, "k3").key("k"));

    assertThat(newer(2)).containsExactly(5L, 0L);
    assertThat(newer(10)).containsExactly(5L, 0L, 5L, 0L);

    db.settle(settlement(m.get(4), MessageState.DELIVERED, "phone"));
    assertThat(newer(10)).startsWith(5L, 0L, 5L);
  }

  @Test
  void page_newerOneThatExpired_takesNoPlace() {
    List<StoredMessage> m = db.stored(draft(ALICE, "k1").key("k"), draft(ALICE, "k2").key("k"));
    db.settle(settlement(m.get(1), MessageState.EXPIRED, "phone"));

    assertThat(newer(10)).containsExactly(0L);
  }

  private List<Long> newer(int limit) {
    return db
        .store
        .read(List.of(new UserPage("alice", "phone", UUID.randomUUID(), 0, NONE, limit)))
        .getFirst()
        .stream()
        .map(StoredMessage::newer)
        .toList();
  }

  @Test
  void questions_onALargeTable_useItsIndexes() throws Exception {
    db.close();
    db = new MessageSamples(TestServer.migratedDatabase());
    db.one(draft(ALICE, "a1"));
    db.execute(
        """
        insert into trunkline.stream (kind, name) select 'USER', 'u' || i from generate_series(1, 500) i;
        insert into trunkline.message (stream_id, "offset", message_id, many, publication, expected,
          type, content_type, payload, priority, published_at, state, stored_at, settled_at)
        select s.id, o, s.id || '-' || o, false, 'p', 'ACK', 't', 'c', 'x', 4, now(), 'DELIVERED',
          now(), now()
        from trunkline.stream s, generate_series(2, 201) o;
        update trunkline.stream set last_offset = 201;
        analyze trunkline.message; analyze trunkline.stream;
        """);
    String before = scanned();

    db.read("phone", 0, NONE);
    db.read("phone", 0, 190);
    db.store.pending(List.of("alice", "u1"));
    db.store.overdue(NODE, SECOND, MINUTE, 100);
    db.store.sweep(NODE, 100, WRITER);
    db.store.closeDue(SECOND, 100, NODE, WRITER);
    db.store.find("5-5");
    db.store.countDead(Optional.empty());
    db.store.prune(DAY, DAY, 100, 100);
    db.settle(settlement(db.one(draft(ALICE, "a2").key("k")), MessageState.DELIVERED, "phone"));

    db.close(); // A connection tells its counts when it ends.
    Samples.eventually().untilAsserted(() -> assertThat(indexScans()).isGreaterThanOrEqualTo(10));
    assertThat(scanned()).isEqualTo(before);
  }

  private String scanned() {
    return db.query("select seq_scan from pg_stat_user_tables where relname = 'message'")
        .getFirst();
  }

  private int indexScans() {
    return Integer.parseInt(
        db.query("select idx_scan from pg_stat_user_tables where relname = 'message'").getFirst());
  }
}
