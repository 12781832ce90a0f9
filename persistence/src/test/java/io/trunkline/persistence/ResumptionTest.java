package io.trunkline.persistence;

import static io.trunkline.persistence.TestServer.execute;
import static io.trunkline.persistence.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.SessionResumption.Outcome;
import io.trunkline.persistence.SessionResumption.Outcome.NotResumed;
import io.trunkline.persistence.SessionResumption.Outcome.Resumed;
import io.trunkline.persistence.SessionResumption.Outcome.Revoked;
import io.trunkline.persistence.SessionResumption.Outcome.Why;
import io.trunkline.persistence.SessionResumption.Request;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResumptionTest {
  private static final Duration GRACE = Duration.ofMinutes(2);
  private static final Duration OVERLAP = Duration.ofSeconds(30);
  private static final SessionClose REUSED =
      new SessionClose(4402, "RESUME_TOKEN_REUSED", "used twice");
  private static final SessionClose LOST = new SessionClose(4000, "CONNECTION_LOST", "lost");

  private final DatabaseConfig config = TestServer.newDatabase();
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

  private void write(Object... records) {
    try (SessionJournal journal = database.journal(Samples.JOURNAL, Samples.NOBODY)) {
      for (Object record : records) {
        switch (record) {
          case SessionStart start -> journal.started(start);
          case SessionDetach detach -> journal.detached(detach);
          case SessionEnd end -> journal.ended(end);
          default -> throw new IllegalArgumentException("" + record);
        }
      }
    }
  }

  private SessionStart detached(String user) {
    SessionStart start = Samples.start(user);
    write(start);
    write(Samples.detach(start, GRACE));
    return start;
  }

  private static Request request(SessionStart start, int presented, int next) {
    return request(start.id(), start.user(), presented, next);
  }

  private static Request request(UUID id, String user, int presented, int next) {
    return new Request(
        id,
        user,
        "phone",
        Samples.hash(presented),
        Samples.hash(next),
        "node-2",
        "ws",
        "10.0.0.9:1",
        "shop",
        "1.3",
        "ios",
        Map.of("region", "west"),
        Samples.NOON.plusSeconds(40));
  }

  private Outcome resume(Request request) {
    return database.resumption().resume(List.of(request), OVERLAP, REUSED).getFirst();
  }

  private List<String> live() {
    return query(
        config,
        "select user_id, epoch, state, node_id from trunkline.live_session order by user_id, id");
  }

  private List<String> history() {
    return query(
        config,
        "select user_id, close_name, bytes_in, messages_out from trunkline.session_history"
            + " order by user_id");
  }

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
  void resume_withTheToken_goesOnHere_withAHigherEpoch() {
    SessionStart start = detached("alice");

    assertThat(resume(request(start, 0, 1)))
        .isEqualTo(new Resumed(2, Samples.NOON, Optional.empty()));

    SessionRow row = database.sessions().find(start.id()).orElseThrow();
    assertThat(row)
        .isEqualTo(
            new SessionRow(
                start.id(),
                2,
                "ACTIVE",
                "alice",
                "phone",
                "shop",
                "1.3",
                "ios",
                "ws",
                "10.0.0.9:1",
                "node-2",
                Map.of("region", "west"),
                Samples.NOON,
                null,
                null));
  }

  @Test
  void resume_whileItLooksConnected_namesTheNodeThatHeldIt() {
    SessionStart start = Samples.start("alice");
    write(start);

    assertThat(resume(request(start, 0, 1)))
        .isEqualTo(new Resumed(2, Samples.NOON, Optional.of("node-1")));
  }

  @Test
  void resume_withThePreviousToken_withinItsTime_works() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1));

    assertThat(resume(request(start, 0, 2))).isInstanceOf(Resumed.class);
    assertThat(resume(request(start, 2, 3))).isInstanceOf(Resumed.class);
    assertThat(live()).containsExactly("alice|4|ACTIVE|node-2");
  }

  @Test
  void resume_withThePreviousToken_afterItsTime_revokes() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1));
    execute(config, "update trunkline.live_session set token_previous_until = now()");

    assertThat(resume(request(start, 0, 2)))
        .isInstanceOfSatisfying(
            Revoked.class,
            revoked -> {
              assertThat(revoked.session().connected()).isTrue();
              assertThat(revoked.session().node()).isEqualTo("node-2");
              assertThat(revoked.session().epoch()).isEqualTo(2);
            });

    assertThat(live()).isEmpty();
    assertThat(history()).containsExactly("alice|RESUME_TOKEN_REUSED|null|null");
    assertThat(query(config, "select operator, via, action, target from report.operator_actions"))
        .containsExactly("gateway|node-2|revoke|" + start.id());
  }

  @Test
  void resume_withATokenThatWasOvertaken_revokes() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1)); // the answer is lost
    resume(request(start, 0, 2)); // so the client comes again

    assertThat(resume(request(start, 1, 3))).isInstanceOf(Revoked.class);
  }

  @Test
  void unheardClient_mayComeWithThePreviousToken_forTheWholeGraceTime() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1));
    SessionDetach unheard =
        new SessionDetach(
            start.id(),
            2,
            "alice",
            "phone",
            Samples.NOON,
            LOST,
            new Traffic(0, 0, 1, 1),
            GRACE,
            false);
    execute(config, "update trunkline.live_session set token_previous_until = now()");
    write(unheard);

    assertThat(resume(request(start, 0, 2))).isInstanceOf(Resumed.class);
  }

  @Test
  void nodeThatDied_mayHaveKeptItsWelcome_soThePreviousTokenIsGoodForTheWholeGraceTime() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1));
    execute(config, "update trunkline.live_session set token_previous_until = now()");
    database.nodes().register("node-2", "", "", Duration.ofSeconds(30), GRACE);

    assertThat(resume(request(start, 0, 2))).isInstanceOf(Resumed.class);
  }

  @Test
  void resume_thatIsNotForThem_leavesTheSessionAlone() {
    SessionStart start = detached("alice");

    assertThat(resume(request(UUID.randomUUID(), "alice", 0, 1)))
        .isEqualTo(new NotResumed(Why.UNKNOWN));
    assertThat(resume(request(start.id(), "mallory", 0, 1))).isEqualTo(new NotResumed(Why.FOREIGN));
    assertThat(resume(request(start, 99, 1))).isEqualTo(new NotResumed(Why.WRONG_TOKEN));
    assertThat(live()).containsExactly("alice|1|DETACHED|node-1");

    execute(config, "update trunkline.live_session set resumable_until = now()");
    assertThat(resume(request(start, 0, 1))).isEqualTo(new NotResumed(Why.OVER));
  }

  @Test
  void manyResumes_areOneStatement_eachWithItsOwnAnswer() {
    List<SessionStart> starts =
        IntStream.range(0, 500).mapToObj(i -> Samples.start("user-" + i)).toList();
    Samples.write(database, starts);

    List<Outcome> outcomes =
        database
            .resumption()
            .resume(
                IntStream.range(0, 500)
                    .mapToObj(i -> request(starts.get(i), i % 5 == 0 ? 7 : 0, 1_000 + i))
                    .toList(),
                OVERLAP,
                REUSED);

    for (int i = 0; i < 500; i++) {
      assertThat(outcomes.get(i)).isInstanceOf(i % 5 == 0 ? NotResumed.class : Resumed.class);
    }
    assertThat(
            query(
                config, "select epoch, count(*) from trunkline.live_session group by 1 order by 1"))
        .containsExactly("1|100", "2|400");
  }

  @Test
  void theSameTokenFromManyNodesAtOnce_everyWinnerHasItsOwnEpoch_theLastOneHoldsTheSession()
      throws Exception {
    SessionStart start = detached("alice");
    List<Outcome> outcomes = new ArrayList<>();
    try (ExecutorService nodes = Executors.newFixedThreadPool(4)) {
      List<Future<Outcome>> asked = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Request request = request(start, 0, 100 + i);
        asked.add(nodes.submit(() -> resume(request)));
      }
      for (Future<Outcome> outcome : asked) {
        outcomes.add(outcome.get());
      }
    }

    assertThat(outcomes)
        .extracting(outcome -> ((Resumed) outcome).epoch())
        .containsExactlyInAnyOrder(2, 3, 4, 5);
  }

  @Test
  void undo_givesBackWhatNobodyKnowsOf_andNothingElse() {
    SessionStart start = detached("alice");
    Request lost = request(start, 0, 1);
    resume(lost);

    assertThat(database.resumption().undo(List.of(lost), GRACE, LOST)).isEqualTo(1);
    assertThat(live()).containsExactly("alice|2|DETACHED|node-2");
    assertThat(resume(request(start, 0, 2))).isInstanceOf(Resumed.class);
    assertThat(database.resumption().undo(List.of(lost), GRACE, LOST)).isZero();
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

  @Test
  void nodeThatDied_itsSessionsGetTheirGraceTime_atItsNextStart() {
    register("node-1");
    SessionStart start = Samples.start("alice");
    write(start);

    assertThat(register("node-1")).isEqualTo(1);

    assertThat(live()).containsExactly("alice|1|DETACHED|node-1");
    assertThat(resume(request(start, 0, 1))).isInstanceOf(Resumed.class);
  }

  @Test
  void nodeThatNeverComesBack_itsSessionsAreDetachedByOthers() {
    register("node-1");
    SessionStart start = Samples.start("alice");
    write(start);
    assertThat(database.resumption().detachOfDeadNodes(GRACE)).isEmpty();
    execute(config, "update trunkline.node set lease_until = now() - interval '1 s'");

    assertThat(database.resumption().detachOfDeadNodes(GRACE))
        .singleElement()
        .satisfies(lost -> assertThat(lost.close()).isEqualTo(SessionClose.NODE_LOST));
    assertThat(database.resumption().detachOfDeadNodes(GRACE)).isEmpty();

    assertThat(live()).containsExactly("alice|1|DETACHED|node-1");
    assertThat(resume(request(start, 0, 1))).isInstanceOf(Resumed.class);
    write(Samples.end(start.id(), 2));
    assertThat(history()).containsExactly("alice|KICKED|null|null");
  }

  @Test
  void nodeThatWasOnlyCutOff_takesBackItsSessions_butNotThoseOfItsEarlierLife() {
    register("node-1");
    write(Samples.start("of-the-earlier-life"));
    register("node-1");
    SessionStart kept = Samples.start("alice");
    write(kept);
    execute(
        config,
        "update trunkline.node set started_at = now() - interval '1 h',"
            + " lease_until = now() - interval '1 s'");
    execute(
        config,
        "update trunkline.live_session set detached_at = now() - interval '2 h'"
            + " where state = 'DETACHED'");
    database.resumption().detachOfDeadNodes(GRACE);

    assertThat(database.nodes().renew("node-1", GRACE, NodeLoad.NONE).leaseHadEnded()).isTrue();

    assertThat(live())
        .containsExactly("alice|1|ACTIVE|node-1", "of-the-earlier-life|1|DETACHED|node-1");
    assertThat(database.nodes().renew("node-1", GRACE, NodeLoad.NONE).leaseHadEnded()).isFalse();
    write(Samples.end(kept));
    assertThat(history()).containsExactly("alice|KICKED|1|4");
  }

  private int register(String node) {
    return database.nodes().register(node, "a", "b", Duration.ofSeconds(30), GRACE);
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
}
