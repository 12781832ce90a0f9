package io.trunkline.persistence;

import static io.trunkline.persistence.TestServer.execute;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.SessionResumption.Outcome.Resumed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Sessions of a node that died or was cut off. */
class DeadNodeTest extends ResumptionFixture {
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
  void nodeThatDied_mayHaveKeptItsWelcome_soThePreviousTokenIsGoodForTheWholeGraceTime() {
    SessionStart start = detached("alice");
    resume(request(start, 0, 1));
    execute(config, "update trunkline.live_session set token_previous_until = now()");
    database.nodes().register("node-2", "", "", Duration.ofSeconds(30), GRACE);

    assertThat(resume(request(start, 0, 2))).isInstanceOf(Resumed.class);
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
}
