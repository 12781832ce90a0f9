package io.trunkline.persistence;

import static io.trunkline.persistence.Samples.eventually;
import static io.trunkline.persistence.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutageTest {
  private final DatabaseConfig direct = TestServer.migratedDatabase();
  private final Forwarder forwarder = new Forwarder(TestServer.port());
  private Database database;

  @BeforeEach
  void open() throws Exception {
    database = Database.open(TestServer.config(forwarder.port(), TestServer.nameOf(direct)));
    database.migrate();
  }

  @AfterEach
  void close() {
    database.close();
    forwarder.close();
  }

  private static JournalConfig journal(int maxBacklog, Duration closeTimeout) {
    return new JournalConfig(100, Duration.ofMillis(1), maxBacklog, closeTimeout, Duration.ZERO);
  }

  @Test
  void databaseAwayMidway_nothingIsLostOrDoubled() {
    List<UUID> startedTold = new CopyOnWriteArrayList<>();
    List<UUID> endedTold = new CopyOnWriteArrayList<>();
    List<SessionStart> starts =
        IntStream.range(0, 3_000).mapToObj(i -> Samples.start("user-" + i)).toList();
    try (SessionJournal journal =
        database.journal(
            journal(1_000_000, Duration.ofSeconds(30)),
            (started, ended) -> {
              started.forEach(s -> startedTold.add(s.id()));
              ended.forEach(e -> endedTold.add(e.id()));
            })) {
      // given some of it is written, and the connection breaks while the rest is under way
      starts.subList(0, 1_500).forEach(journal::started);
      eventually().until(() -> startedTold.size() >= 200);
      forwarder.cut();
      starts.subList(0, 1_000).stream().map(Samples::end).forEach(journal::ended);
      starts.subList(1_500, 3_000).forEach(journal::started);
      starts.subList(1_500, 2_000).stream().map(Samples::end).forEach(journal::ended);

      // when
      forwarder.mend();
      eventually().until(() -> journal.backlog() == 0);
    }

    // then
    assertThat(startedTold).doesNotHaveDuplicates().hasSize(3_000);
    assertThat(endedTold).doesNotHaveDuplicates().hasSize(1_500);
    assertThat(query(direct, "select count(*) from trunkline.live_session"))
        .containsExactly("1500");
    assertThat(query(direct, "select count(*), count(distinct id) from trunkline.session_history"))
        .containsExactly("1500|1500");
  }

  @Test
  void databaseAway_endsMergeWithTheirWaitingStarts_andTheBoundIsKept() {
    try (SessionJournal journal =
        database.journal(journal(1_000, Duration.ofSeconds(30)), Samples.NOBODY)) {
      // given
      forwarder.cut();
      List<SessionStart> starts =
          IntStream.range(0, 999).mapToObj(i -> Samples.start("user-" + i)).toList();

      // when, then
      starts.forEach(journal::started);
      assertThat(journal.accepting()).isTrue();
      journal.started(Samples.start("one-more"));
      assertThat(journal.accepting()).isFalse();
      starts.stream().map(Samples::end).forEach(journal::ended);
      eventually().until(() -> journal.backlog() == 1_000);

      forwarder.mend();
      eventually().until(() -> journal.backlog() == 0);
      assertThat(journal.accepting()).isTrue();
    }
    assertThat(query(direct, "select count(*) from trunkline.session_history"))
        .containsExactly("999");
    assertThat(query(direct, "select user_id from trunkline.live_session"))
        .containsExactly("one-more");
  }

  @Test
  void close_whileTheDatabaseIsAway_endsInTime() {
    SessionJournal journal =
        database.journal(journal(1_000, Duration.ofMillis(300)), Samples.NOBODY);
    forwarder.cut();
    journal.started(Samples.start("alice"));

    Instant before = Instant.now();
    journal.close();

    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(30));
    assertThat(journal.backlog()).isEqualTo(1);
  }

  @Test
  void close_writesWhatWaits_whenTheDatabaseComesBackInTime() {
    SessionJournal journal =
        database.journal(journal(1_000, Duration.ofSeconds(30)), Samples.NOBODY);
    forwarder.cut();
    journal.started(Samples.start("alice"));
    Thread closing = Thread.startVirtualThread(journal::close);

    forwarder.mend();

    eventually().until(() -> !closing.isAlive());
    assertThat(query(direct, "select user_id from trunkline.live_session"))
        .containsExactly("alice");
  }

  @Test
  void healthy_followsTheDatabase_andAnswersInTime() {
    assertThat(database.healthy()).isTrue();

    forwarder.cut();
    // A busy machine may make one answer late, not each of them.
    eventually()
        .untilAsserted(
            () -> {
              Instant before = Instant.now();
              assertThat(database.healthy()).isFalse();
              assertThat(Duration.between(before, Instant.now()))
                  .isLessThan(Duration.ofMillis(1_900));
            });

    forwarder.mend();
    eventually().until(database::healthy);
  }
}
