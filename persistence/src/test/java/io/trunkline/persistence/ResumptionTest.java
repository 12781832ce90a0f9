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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who goes on with a session, by which token, and who does not. */
class ResumptionTest extends ResumptionFixture {
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
}
