package io.trunkline.persistence;

import static io.trunkline.persistence.Samples.eventually;
import static io.trunkline.persistence.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JournalTest {
  private final DatabaseConfig config = TestServer.migratedDatabase();
  private Database database;

  @BeforeEach
  void open() throws Exception {
    database = Database.open(config);
    database.migrate();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private List<String> live() {
    return query(config, "select user_id, epoch, node_id from trunkline.live_session order by 1");
  }

  private List<String> history() {
    return query(
        config, "select user_id, epoch, close_name from trunkline.session_history order by 1");
  }

  private void write(Object... records) {
    try (SessionJournal journal = database.journal(Samples.JOURNAL, Samples.NOBODY)) {
      for (Object record : records) {
        if (record instanceof SessionStart start) {
          journal.started(start);
        } else {
          journal.ended((SessionEnd) record);
        }
      }
    }
  }

  @Test
  void started_isFoundAsItWasGiven() {
    SessionStart start = Samples.start("alice");

    write(start);

    assertThat(database.sessions().find(start.id()))
        .contains(
            new SessionRow(
                start.id(),
                1,
                "ACTIVE",
                "alice",
                "phone",
                "shop",
                "1.2",
                "ios",
                "tcp",
                "10.0.0.1:4000",
                "node-1",
                Map.of("region", "east"),
                Samples.NOON,
                null,
                null));
  }

  @Test
  void ended_movesTheSessionIntoHistory() {
    SessionStart start = Samples.start("alice");

    write(start);
    write(Samples.end(start));

    assertThat(live()).isEmpty();
    assertThat(
            query(
                config,
                """
                select session_id, user_id, device_id, client_name, client_version, platform,
                  transport, remote_address, node_id, attributes, started_at at time zone 'UTC',
                  ended_at at time zone 'UTC', close_code, close_name, reason,
                  bytes_in, bytes_out, messages_in, messages_out
                from report.session_history
                """))
        .containsExactly(
            start.id()
                + "|alice|phone|shop|1.2|ios|tcp|10.0.0.1:4000|node-1|{\"region\": \"east\"}"
                + "|2026-03-02 12:00:00.123456|2026-03-02 12:01:00.123456"
                + "|4003|KICKED|by an operator|1|2|3|4");
  }

  @Test
  void startAndEndInOneBatch_goStraightIntoHistory() {
    SessionStart start = Samples.start("alice");

    write(start, Samples.end(start));

    assertThat(live()).isEmpty();
    assertThat(history()).containsExactly("alice|1|KICKED");
    assertThat(query(config, "select node_id, bytes_out from report.session_history"))
        .containsExactly("node-1|2");
  }

  @Test
  void sameBatchAgain_hasTheEffectOfOnce() {
    SessionStart open = Samples.start("alice");
    SessionStart brief = Samples.start("bob");
    SessionEnd stranger = Samples.end(UUID.randomUUID(), 1);

    write(open, brief, Samples.end(brief), stranger);
    write(open, brief, Samples.end(brief), stranger);
    assertThat(live()).containsExactly("alice|1|node-1");
    assertThat(history()).containsExactly("bob|1|KICKED", "null|1|KICKED");

    write(Samples.end(open));
    write(Samples.end(open));
    assertThat(live()).isEmpty();
    assertThat(history()).containsExactly("alice|1|KICKED", "bob|1|KICKED", "null|1|KICKED");
  }

  @Test
  void started_higherEpoch_takesOverTheLiveSession() {
    UUID id = UUID.randomUUID();
    write(Samples.start(id, 1, "alice", "node-1"));

    write(Samples.start(id, 2, "alice", "node-2"));
    write(Samples.start(id, 1, "alice", "node-1"));

    assertThat(live()).containsExactly("alice|2|node-2");
  }

  @Test
  void ended_lowerEpoch_doesNothing() {
    UUID id = UUID.randomUUID();
    write(Samples.start(id, 2, "alice", "node-2"));

    write(Samples.end(id, 1));

    assertThat(live()).containsExactly("alice|2|node-2");
    assertThat(history()).isEmpty();
  }

  @Test
  void ended_afterItWasClosedByAnother_leavesHistoryAlone() {
    SessionStart start = Samples.start("alice");
    write(start);
    database.nodes().register("node-1", "a", "b", Duration.ofSeconds(9), Duration.ZERO);
    database.resumption().closeOverdue();

    write(Samples.end(start));

    assertThat(history()).containsExactly("alice|1|NODE_LOST");
  }

  @Test
  void manyBatches_tellTheListenerOfEachRecordOnce() {
    List<SessionStart> starts =
        IntStream.range(0, 1_234).mapToObj(i -> Samples.start("user-" + i)).toList();
    List<SessionStart> startedTold = new CopyOnWriteArrayList<>();
    List<SessionEnd> endedTold = new CopyOnWriteArrayList<>();
    List<Integer> batches = new ArrayList<>();

    try (SessionJournal journal =
        database.journal(
            Samples.JOURNAL,
            (started, ended) -> {
              startedTold.addAll(started);
              endedTold.addAll(ended);
              batches.add(Math.max(started.size(), ended.size()));
            })) {
      starts.forEach(journal::started);
      starts.subList(0, 600).stream().map(Samples::end).forEach(journal::ended);
    }

    assertThat(startedTold).containsExactlyInAnyOrderElementsOf(starts);
    assertThat(endedTold)
        .containsExactlyInAnyOrderElementsOf(
            starts.subList(0, 600).stream().map(Samples::end).toList());
    assertThat(batches).allMatch(size -> size <= 500);
    assertThat(live()).hasSize(634);
    assertThat(history()).hasSize(600);
  }

  @Test
  void written_isToldAfterTheCommit() {
    List<Boolean> found = new CopyOnWriteArrayList<>();
    SessionStart start = Samples.start("alice");
    try (SessionJournal journal =
        database.journal(
            Samples.JOURNAL,
            (started, ended) -> found.add(database.sessions().find(start.id()).isPresent()))) {
      journal.started(start);
      eventually().until(() -> !found.isEmpty());
    }

    assertThat(found).containsExactly(true);
  }

  @Test
  void recordThatPostgresRefuses_isDroppedAlone() {
    // given a name too long for an index entry, incompressible, amid good records
    StringBuilder tooLong = new StringBuilder();
    new java.util.Random(7).ints(9_000, 'a', 0x2000).forEach(tooLong::appendCodePoint);
    List<SessionStart> good =
        IntStream.range(0, 99).mapToObj(i -> Samples.start("user-" + i)).toList();
    List<SessionStart> told = new CopyOnWriteArrayList<>();
    try (HikariDataSource pool = Connections.pool(config);
        Orm orm = Orm.start(pool);
        BatchingJournal journal =
            BatchingJournal.start(
                Samples.JOURNAL,
                new JournalStatements(orm, new Incarnations()),
                (s, e) -> told.addAll(s))) {

      // when
      good.subList(0, 40).forEach(journal::started);
      journal.started(Samples.start(tooLong.toString()));
      good.subList(40, 99).forEach(journal::started);
      eventually().until(() -> journal.backlog() == 0);

      // then
      assertThat(journal.refused()).isEqualTo(1);
      assertThat(told).containsExactlyInAnyOrderElementsOf(good);
      assertThat(live()).hasSize(99);
    }
  }

  @Test
  void textThatPostgresCannotHold_isReplaced() {
    SessionStart start = Samples.start("a\0b\uD800c\uD83D\uDE00");

    write(start);

    assertThat(database.sessions().find(start.id()).orElseThrow().user())
        .isEqualTo("a\uFFFDb\uFFFDc\uD83D\uDE00");
  }

  @Test
  void listenerThatThrows_doesNotStopTheJournal() {
    try (SessionJournal journal =
        database.journal(
            Samples.JOURNAL,
            (started, ended) -> {
              throw new IllegalStateException("listener's own fault");
            })) {
      journal.started(Samples.start("alice"));
      eventually().until(() -> journal.backlog() == 0);
      journal.started(Samples.start("bob"));
      eventually().until(() -> journal.backlog() == 0);
    }

    assertThat(live()).containsExactly("alice|1|node-1", "bob|1|node-1");
  }
}
