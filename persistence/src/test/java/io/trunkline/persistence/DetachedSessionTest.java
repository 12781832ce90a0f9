package io.trunkline.persistence;

import static io.trunkline.persistence.TestServer.execute;
import static io.trunkline.persistence.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.SessionResumption.Outcome.Resumed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Sessions without a connection, and how they end or are replaced. */
class DetachedSessionTest extends ResumptionFixture {
  @Test
  void detached_staysWithItsReasonAndItsTime() {
    SessionStart start = detached("alice");

    SessionRow row = database.sessions().find(start.id()).orElseThrow();
    assertThat(row.state()).isEqualTo("DETACHED");
    assertThat(row.detachedAt()).isEqualTo(Samples.NOON.plusSeconds(30));
    assertThat(row.resumableUntil())
        .isBetween(Instant.now().plusSeconds(60), Instant.now().plusSeconds(180));
    assertThat(history()).isEmpty();
  }

  @Test
  void startAndDetachInOneBatch_isDetached() {
    SessionStart start = Samples.start("alice");
    write(start, Samples.detach(start, GRACE));

    assertThat(live()).containsExactly("alice|1|DETACHED|node-1");
    assertThat(resume(request(start, 0, 1))).isInstanceOf(Resumed.class);
  }

  @Test
  void detach_ofLowerEpoch_doesNothing() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1));

    write(Samples.detach(start, GRACE));

    assertThat(live()).containsExactly("alice|2|ACTIVE|node-2");
  }

  @Test
  void settled_waitsForWhatWasNoted() throws Exception {
    SessionStart start = Samples.start("alice");
    var slow =
        new JournalConfig(
            500, Duration.ofSeconds(10), 10_000, Duration.ofSeconds(10), Duration.ZERO);
    try (SessionJournal journal = database.journal(slow, Samples.NOBODY)) {
      journal.settled(UUID.randomUUID()).get();
      journal.started(start);

      journal.settled(start.id()).get();

      assertThat(database.sessions().find(start.id())).isPresent();
    }
  }

  @Test
  void graceOver_endsInHistoryOnce_withTheReasonOfTheLoss() throws Exception {
    for (int i = 0; i < 30; i++) {
      detached("user-" + i);
    }
    detached("still-there");
    execute(
        config,
        "update trunkline.live_session set resumable_until = now() where user_id like 'user-%'");

    List<ClosedSession> closed = new ArrayList<>();
    try (ExecutorService nodes = Executors.newFixedThreadPool(3)) {
      List<Future<List<ClosedSession>>> swept = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        swept.add(nodes.submit(() -> database.resumption().closeOverdue()));
      }
      for (Future<List<ClosedSession>> part : swept) {
        closed.addAll(part.get());
      }
    }

    assertThat(closed).hasSize(30).extracting(ClosedSession::id).doesNotHaveDuplicates();
    assertThat(closed)
        .allSatisfy(
            session -> {
              assertThat(session.close()).isEqualTo(LOST);
              assertThat(session.connected()).isFalse();
            });
    assertThat(history()).hasSize(30).contains("user-3|CONNECTION_LOST|10|40");
    assertThat(live()).containsExactly("still-there|1|DETACHED|node-1");
    assertThat(
            query(
                config,
                "select distinct detached_at is not null, attaches, close_code"
                    + " from report.session_history where ended_at is not null"))
        .containsExactly("t|1|4000");
  }

  @Test
  void history_sumsTheTrafficOfAllAttaches() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1));
    write(
        new SessionEnd(
            start.id(),
            2,
            "alice",
            "phone",
            Instant.now(),
            4500,
            "CLIENT_BYE",
            "",
            new Traffic(1, 2, 3, 4)));

    assertThat(
            query(
                config,
                "select close_name, bytes_in, bytes_out, messages_in, messages_out, attaches"
                    + " from report.session_history"))
        .containsExactly("CLIENT_BYE|11|22|33|44|2");
  }

  @Test
  void newSessionOfTheSameDevice_replacesTheDetachedOne() {
    SessionStart old = detached("alice");
    SessionStart otherDevice =
        new SessionStart(
            UUID.randomUUID(),
            1,
            "alice",
            "tablet",
            "shop",
            "1",
            "ios",
            "tcp",
            "a:1",
            "node-1",
            Map.of(),
            Samples.NOON,
            Optional.empty(),
            Optional.empty());
    write(otherDevice);
    SessionStart newer = Samples.start("alice");
    List<ClosedSession> told = new ArrayList<>();

    try (SessionJournal journal =
        database.journal(
            Samples.JOURNAL,
            new SessionJournal.Listener() {
              @Override
              public void written(List<SessionStart> started, List<SessionEnd> ended) {}

              @Override
              public void replaced(List<ClosedSession> replaced) {
                told.addAll(replaced);
              }
            })) {
      journal.started(newer);
    }

    assertThat(told)
        .singleElement()
        .satisfies(
            closed -> {
              assertThat(closed.id()).isEqualTo(old.id());
              assertThat(closed.close()).isEqualTo(SessionClose.REPLACED);
              assertThat(closed.connected()).isFalse();
            });
    assertThat(history()).containsExactly("alice|REPLACED|10|40");
    assertThat(query(config, "select id from trunkline.live_session where device_id = 'phone'"))
        .containsExactly("" + newer.id());
    assertThat(query(config, "select count(*) from trunkline.live_session")).containsExactly("2");
  }

  @Test
  void olderSession_thatIsWrittenLate_doesNotReplaceTheNewerOne() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1)); // attached at noon and 40 s

    write(Samples.start("alice")); // began at noon

    assertThat(live()).contains("alice|2|ACTIVE|node-2");
    assertThat(history()).isEmpty();
  }

  @Test
  void kick_ofADetachedSession_endsIt_ofAConnectedOneDoesNot() {
    SessionStart away = detached("alice");
    SessionStart here = Samples.start("bob");
    write(here);
    var kicked = new SessionClose(4502, "KICKED", "by an operator");

    assertThat(database.resumption().closeDetached(away.id(), kicked)).isPresent();
    assertThat(database.resumption().closeDetached(away.id(), kicked)).isEmpty();
    assertThat(database.resumption().closeDetached(here.id(), kicked)).isEmpty();

    assertThat(history()).containsExactly("alice|KICKED|10|40");
    assertThat(live()).containsExactly("bob|1|ACTIVE|node-1");
  }
}
