package io.trunkline.persistence;

import static io.trunkline.persistence.MessageSamples.ALICE;
import static io.trunkline.persistence.MessageSamples.NEWS;
import static io.trunkline.persistence.MessageSamples.REPLY;
import static io.trunkline.persistence.MessageSamples.WRITER;
import static io.trunkline.persistence.MessageSamples.draft;
import static io.trunkline.persistence.MessageSamples.settlement;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.MessageSamples.Draft;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.Settled.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several nodes at once. */
class MessageConcurrencyTest {
  private static final int NODES = 3;

  private MessageSamples db;

  @BeforeEach
  void open() throws Exception {
    db = new MessageSamples();
  }

  @AfterEach
  void close() {
    db.close();
  }

  /** What each node's work returns; all begin together. */
  private static <T> List<T> atOnce(List<Callable<T>> nodes) throws Exception {
    CyclicBarrier start = new CyclicBarrier(nodes.size());
    try (ExecutorService threads = Executors.newFixedThreadPool(nodes.size())) {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> node : nodes) {
        futures.add(
            threads.submit(
                () -> {
                  start.await();
                  return node.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }

  @Test
  void store_intoTheSameNewStreams_numbersDenselyAndLosesNothing() throws Exception {
    List<Callable<Integer>> nodes = new ArrayList<>();
    for (int n = 0; n < NODES; n++) {
      int node = n;
      nodes.add(
          () -> {
            Random random = new Random(node);
            for (int batch = 0; batch < 20; batch++) {
              List<Draft> drafts = new ArrayList<>();
              for (int user = 0; user < 30; user++) {
                drafts.add(
                    draft(StreamKey.ofUser("u" + user), node + "-" + batch + "-" + user).key("k"));
              }
              Collections.shuffle(drafts, random);
              db.storing(drafts.subList(0, 20).toArray(Draft[]::new));
            }
            return node;
          });
    }

    atOnce(nodes);

    assertThat(db.query("select count(*) from trunkline.message"))
        .containsExactly(String.valueOf(NODES * 20 * 20));
    assertThat(
            db.query(
                """
                select s.name from trunkline.stream s
                join trunkline.message m on m.stream_id = s.id
                group by s.id having count(*) <> s.last_offset or max("offset") <> s.last_offset
                  or min("offset") <> 1
                """))
        .isEmpty();
  }

  @Test
  void store_theSameBatchOnSeveralNodes_storesEachOnce() throws Exception {
    List<Callable<List<StoreResult>>> nodes = new ArrayList<>();
    for (int n = 0; n < NODES; n++) {
      nodes.add(() -> db.storing(draft(ALICE, "a1"), draft(NEWS, "n1")).results());
    }

    List<StoreResult> results = atOnce(nodes).stream().flatMap(List::stream).toList();

    assertThat(results).filteredOn(r -> r instanceof StoreResult.Stored).hasSize(2);
    assertThat(db.query("select last_offset from trunkline.stream")).containsExactly("1", "1");
  }

  @Test
  void settle_theSameMessagesInAnyOrder_appliesEachOnce() throws Exception {
    List<StoredMessage> messages = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      messages.add(db.one(draft(StreamKey.ofUser("u" + i % 7), "m" + i).replyTo(REPLY)));
    }
    List<Callable<SettleResult>> nodes = new ArrayList<>();
    for (int n = 0; n < NODES; n++) {
      List<StoredMessage> mine = new ArrayList<>(messages);
      Collections.shuffle(mine, new Random(n));
      nodes.add(
          () ->
              db.store.settle(
                  mine.stream().map(m -> settlement(m, MessageState.DELIVERED, "phone")).toList(),
                  WRITER));
    }

    List<SettleResult> results = atOnce(nodes);

    assertThat(
            results.stream()
                .flatMap(r -> r.settled().stream())
                .filter(s -> s.outcome() == Outcome.APPLIED)
                .map(s -> s.settlement().messageId()))
        .hasSize(200)
        .doesNotHaveDuplicates();
    assertThat(db.query("select count(*) from trunkline.receipt")).containsExactly("200");
    assertThat(db.query("select count(*) from trunkline.delivery_step where step = 'DELIVERED'"))
        .containsExactly("200");
  }

  @Test
  void settle_ofManyBySeveralNodes_appliesEachRecipientOnce() throws Exception {
    StoredMessage message = db.one(draft(NEWS, "n1"));
    List<UUID> sessions = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sessions.add(UUID.randomUUID());
    }
    List<Callable<SettleResult>> nodes = new ArrayList<>();
    for (int n = 0; n < NODES; n++) {
      List<UUID> mine = new ArrayList<>(sessions);
      Collections.shuffle(mine, new Random(n));
      nodes.add(
          () ->
              db.store.settle(
                  mine.stream()
                      .map(s -> settlement(message, MessageState.DELIVERED, "phone", s))
                      .toList(),
                  WRITER));
    }

    List<SettleResult> results = atOnce(nodes);

    assertThat(
            results.stream()
                .flatMap(r -> r.settled().stream())
                .filter(s -> s.outcome() == Outcome.APPLIED))
        .hasSize(100);
  }

  @Test
  void sweep_bySeveralNodes_settlesEachOnce() throws Exception {
    Instant past = Instant.now().minusSeconds(3_600);
    Draft[] drafts = new Draft[100];
    for (int i = 0; i < drafts.length; i++) {
      drafts[i] = draft(ALICE, "m" + i).expires(past).replyTo(REPLY);
    }
    db.storing(drafts);
    List<Callable<Integer>> nodes = new ArrayList<>();
    for (int n = 0; n < NODES; n++) {
      nodes.add(
          () -> {
            int swept = 0;
            for (int i = 0; i < 10; i++) {
              swept += db.store.sweep("node", 20, WRITER).settled().size();
            }
            return swept;
          });
    }

    assertThat(atOnce(nodes).stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
    assertThat(db.query("select count(*) from trunkline.receipt")).containsExactly("100");
  }

  @Test
  void everythingAtOnce_endsWithoutADeadlockAndAddsUp() throws Exception {
    List<Callable<Integer>> nodes = new ArrayList<>();
    for (int n = 0; n < NODES; n++) {
      int node = n;
      nodes.add(
          () -> {
            Random random = new Random(node);
            int stored = 0;
            for (int round = 0; round < 25; round++) {
              List<Draft> drafts = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                StreamKey user = StreamKey.ofUser("u" + random.nextInt(5));
                drafts.add(
                    draft(user, "m" + random.nextInt(400))
                        .publication("p" + random.nextInt(3))
                        .key("k" + random.nextInt(3)));
              }
              List<Settlement> settlements =
                  db.storing(drafts.toArray(Draft[]::new)).results().stream()
                      .map(MessageConcurrencyTest::message)
                      .filter(_ -> random.nextBoolean())
                      .map(m -> settlement(m, MessageState.DELIVERED, "phone"))
                      .toList();
              db.store.settle(settlements, WRITER);
              db.store.overdue("node", Duration.ZERO, Duration.ZERO, 50);
              db.store.prune(Duration.ZERO, Duration.ZERO, 10, 30);
            }
            return stored;
          });
    }

    atOnce(nodes);

    assertThat(
            db.query(
                """
                select (select sum(last_offset) from trunkline.stream)
                  = (select count(*) from trunkline.delivery_step where step = 'STORED'),
                  (select count(*) from trunkline.delivery_step where step = 'STORED')
                  = (select count(*) from trunkline.delivery_step
                     where step in ('DELIVERED', 'CONFLATED'))
                    + (select count(*) from trunkline.message where state = 'PENDING'),
                  (select deadlocks from pg_stat_database where datname = current_database())
                """))
        .containsExactly("t|t|0");
  }

  private static StoredMessage message(StoreResult result) {
    return switch (result) {
      case StoreResult.Stored stored -> stored.message();
      case StoreResult.Duplicate duplicate -> duplicate.message();
    };
  }
}
