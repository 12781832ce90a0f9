package io.trunkline.persistence;

import static io.trunkline.persistence.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;

import com.password4j.Argon2Function;
import io.trunkline.persistence.BanStore.Ban;
import io.trunkline.persistence.NodeStore.NodeRow;
import io.trunkline.persistence.OperatorStore.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoresTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

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

  private int register(String node) {
    return database.nodes().register(node, node + ":7400", node + ":7401", LEASE, Duration.ZERO);
  }

  @Test
  void node_isLiveFromRegisterToLeave() {
    NodeStore nodes = database.nodes();

    assertThat(register("node-1")).isZero();
    nodes.renew("node-1", LEASE, new NodeLoad(17, 0.25, 4_096));
    NodeRow live = nodes.list().getFirst();
    nodes.leave("node-1");
    NodeRow gone = nodes.list().getFirst();

    assertThat(live.live()).isTrue();
    assertThat(live.sessions()).isEqualTo(17);
    assertThat(live.cpu()).isEqualTo(0.25);
    assertThat(live.outboundBytes()).isEqualTo(4_096);
    assertThat(live.state()).isEqualTo(NodeState.UP);
    assertThat(gone.state()).isEqualTo(NodeState.LEFT);
    assertThat(live.clientAddress()).isEqualTo("node-1:7400");
    assertThat(live.apiAddress()).isEqualTo("node-1:7401");
    assertThat(Duration.between(live.startedAt(), live.leaseUntil()))
        .isBetween(LEASE, LEASE.plusSeconds(300));
    assertThat(gone.live()).isFalse();
  }

  @Test
  void drain_isLearntWithTheNextRenewal_untilItIsTakenBack() {
    NodeStore nodes = database.nodes();
    register("node-1");
    var order =
        new DrainOrder(
            "alice",
            "release 7",
            50,
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Optional.of("node-2"));

    assertThat(nodes.renew("node-1", LEASE, NodeLoad.NONE).drain()).isEmpty();
    assertThat(nodes.drain("node-1", order)).isTrue();
    assertThat(nodes.renew("node-1", LEASE, NodeLoad.NONE).drain()).contains(order);
    NodeRow draining = nodes.list().getFirst();
    assertThat(draining.state()).isEqualTo(NodeState.DRAINING);
    assertThat(draining.live()).isTrue();
    assertThat(draining.drain()).contains(order);
    assertThat(nodes.undrain("node-1")).isTrue();
    assertThat(nodes.renew("node-1", LEASE, NodeLoad.NONE).drain()).isEmpty();
    assertThat(nodes.list().getFirst().state()).isEqualTo(NodeState.UP);
  }

  @Test
  void drain_ofANodeThatDoesNotLive_isRefused_andAStartForgetsIt() {
    NodeStore nodes = database.nodes();
    var order = new DrainOrder("alice", "", 1, Duration.ZERO, Duration.ZERO, Optional.empty());

    assertThat(nodes.drain("node-1", order)).isFalse();
    register("node-1");
    assertThat(nodes.drain("node-1", order)).isTrue();
    nodes.leave("node-1");
    assertThat(nodes.drain("node-1", order)).isFalse();
    assertThat(nodes.undrain("node-1")).isFalse();
    register("node-1");
    assertThat(nodes.list().getFirst().state()).isEqualTo(NodeState.UP);
  }

  @Test
  void renew_bringsBackALeaseThatRanOut() {
    register("node-1");
    TestServer.execute(config, "update trunkline.node set lease_until = now() - interval '1 h'");
    assertThat(database.nodes().list()).extracting(NodeRow::live).containsExactly(false);

    database.nodes().renew("node-1", LEASE, NodeLoad.NONE);

    assertThat(database.nodes().list()).extracting(NodeRow::live).containsExactly(true);
  }

  @Test
  void register_afterACrash_withoutGrace_whatWasLeftOpenEndedWithTheLease() {
    // given a node that died with two sessions, an hour ago
    register("node-1");
    Samples.write(
        database,
        List.of(
            Samples.start("alice"),
            Samples.start("bob"),
            Samples.start(UUID.randomUUID(), 1, "carol", "node-2")));
    TestServer.execute(config, "update trunkline.node set lease_until = '2026-03-02 13:00:00Z'");

    // when
    int leftOpen = register("node-1");
    database.resumption().closeOverdue();

    // then
    assertThat(leftOpen).isEqualTo(2);
    assertThat(
            query(
                config,
                """
                select user_id, ended_at at time zone 'UTC', close_code, close_name, bytes_in
                from trunkline.session_history order by user_id
                """))
        .containsExactly(
            "alice|2026-03-02 13:00:00|4003|NODE_LOST|null",
            "bob|2026-03-02 13:00:00|4003|NODE_LOST|null");
    assertThat(query(config, "select user_id from report.session_current"))
        .containsExactly("carol");
    assertThat(register("node-1")).isZero();
  }

  @Test
  void register_whileTheOldLeaseRuns_closesNow() {
    register("node-1");
    Samples.write(database, List.of(Samples.start("alice")));

    register("node-1");
    database.resumption().closeOverdue();

    assertThat(
            query(
                config,
                "select now() - ended_at < interval '5 min' and ended_at <= now()"
                    + " from trunkline.session_history"))
        .containsExactly("t");
  }

  @Test
  void bans_activeOnes_latestEndFirst() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Ban hour = new Ban("alice", Optional.empty(), now.plusSeconds(3_600), "spam");
    Ban day = new Ban("bob", Optional.of("phone"), now.plusSeconds(86_400), "stolen");
    Ban over = new Ban("carol", Optional.empty(), now.minusSeconds(60), "was");
    BanStore bans = database.bans();

    bans.add(hour);
    bans.add(day);
    bans.add(over);

    assertThat(bans.active(10)).containsExactly(day, hour);
    assertThat(bans.active(1)).containsExactly(day);
  }

  @Test
  void operator_logsInWithTheLatestPasswordOnly() {
    OperatorStore operators = database.operators();

    operators.setPassword("admin", "first".toCharArray());
    operators.setPassword("admin", "sécond\uD83D\uDE00".toCharArray());

    assertThat(operators.authenticate("admin", "first".toCharArray())).isFalse();
    assertThat(operators.authenticate("admin", "sécond\uD83D\uDE00".toCharArray())).isTrue();
    assertThat(operators.authenticate("nobody", "first".toCharArray())).isFalse();
    assertThat(operators.exists("admin")).isTrue();
    assertThat(operators.exists("nobody")).isFalse();
  }

  @Test
  void operator_passwordIsStoredAsArgon2idOnly_andNobodyCostsTheSame() {
    database.operators().setPassword("admin", "open sesame".toCharArray());

    String row = query(config, "select * from trunkline.operator").getFirst();
    assertThat(row).contains("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain("sesame");
    assertThat(Argon2Function.getInstanceFromHash(PasswordHash.OF_NOBODY))
        .isEqualTo(PasswordHash.ARGON2ID);
  }

  @Test
  void actions_newestFirst() {
    OperatorStore operators = database.operators();
    Action kick =
        new Action(Samples.NOON, "admin", "console", "kick", Optional.of("s-1"), "spam", "done");
    Action push =
        new Action(
            Samples.NOON.plusSeconds(1), "admin", "console", "push", Optional.empty(), "", "sent");

    operators.record(kick);
    operators.record(push);

    assertThat(operators.latest(10)).containsExactly(push, kick);
    assertThat(operators.latest(1)).containsExactly(push);
    assertThat(query(config, "select action, target from report.operator_actions order by 1"))
        .containsExactly("kick|s-1", "push|null");
  }
}
