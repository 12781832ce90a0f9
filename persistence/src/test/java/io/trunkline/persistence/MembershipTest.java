package io.trunkline.persistence;

import static io.trunkline.persistence.TestServer.execute;
import static io.trunkline.persistence.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.NodeStore.Entry;
import io.trunkline.persistence.NodeStore.Holder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes with one node id, and nodes that are gone. Each {@link Database} is a process. */
class MembershipTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofMinutes(2);

  private final DatabaseConfig config = TestServer.newDatabase();
  private Database first;
  private Database second;

  @BeforeEach
  void open() throws Exception {
    first = Database.open(config);
    first.migrate();
    second = Database.open(config);
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private static int enter(Database process) {
    return process.nodes().register("node-1", "a:1", "b:2", LEASE, GRACE);
  }

  private List<String> live() {
    return query(
        config, "select user_id, epoch, state from trunkline.live_session order by user_id");
  }

  private void leaseEnded(String ago) {
    execute(config, "update trunkline.node set lease_until = now() - interval '" + ago + "'");
  }

  @Test
  void holder_tellsWhoIsThere_andWhetherItsLeaseRuns() {
    assertThat(first.nodes().holder("node-1")).isEmpty();
    assertThat(first.nodes().enter(new Entry("node-1", "a:1", "b:2", "mark"), LEASE, GRACE, 0))
        .contains(0);

    Holder running = second.nodes().holder("node-1").orElseThrow();
    first.nodes().renew("node-1", LEASE, NodeLoad.NONE);
    Holder renewed = second.nodes().holder("node-1").orElseThrow();
    first.nodes().leave("node-1");
    Holder left = second.nodes().holder("node-1").orElseThrow();

    assertThat(running.process()).isEqualTo("mark");
    assertThat(running.clientAddress()).isEqualTo("a:1");
    assertThat(running.leaseLeft()).isPositive();
    assertThat(renewed.leaseUntil()).isAfter(running.leaseUntil());
    assertThat(left.leaseLeft()).isZero();
  }

  @Test
  void enter_overAHolderThatIsNotTheLastAnyMore_isRefused() {
    enter(first);
    long seen = second.nodes().holder("node-1").orElseThrow().incarnation();
    Entry entry = new Entry("node-1", "", "", "");

    assertThat(second.nodes().enter(entry, LEASE, GRACE, 0)).isEmpty();
    assertThat(second.nodes().enter(entry, LEASE, GRACE, seen)).isPresent();
    assertThat(first.nodes().enter(entry, LEASE, GRACE, seen)).isEmpty();

    assertThat(second.nodes().holder("node-1").orElseThrow().incarnation()).isGreaterThan(seen);
  }

  @Test
  void superseded_holderRenewsAndSignsOffNothing() {
    enter(first);
    enter(second);

    assertThat(first.nodes().renew("node-1", LEASE, new NodeLoad(9, 1, 1)).superseded()).isTrue();
    first.nodes().leave("node-1");

    assertThat(second.nodes().renew("node-1", LEASE, NodeLoad.NONE).superseded()).isFalse();
    assertThat(second.nodes().list().getFirst().state()).isEqualTo(NodeState.UP);
  }

  @Test
  void superseded_holdersLateStart_isNotWritten_andReplacesNobody() {
    enter(first);
    enter(second);
    SessionStart ofSecond = Samples.start("alice");
    Samples.write(second, List.of(ofSecond));

    Samples.write(first, List.of(Samples.start("alice"), Samples.start("bob")));

    assertThat(live()).containsExactly("alice|1|ACTIVE");
    assertThat(query(config, "select count(*) from trunkline.session_history"))
        .containsExactly("0");
  }

  /**
   * The statement of the first has begun, and waits for a row that somebody else has inserted, when
   * the second enters: neither must miss the other.
   */
  @Test
  void superseded_inTheMiddleOfAWrite_theSecondFindsWhatTheFirstHasBegun() throws Exception {
    enter(first);
    Samples.write(first, List.of(Samples.start("pattern")));
    SessionStart late = Samples.start("late");
    try (Connection other = connect();
        Statement inOther = other.createStatement();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.setAutoCommit(false);
      inOther.execute(
          """
          insert into trunkline.live_session
          select (jsonb_populate_record(s, jsonb_build_object('id', '%s', 'user_id', 'other',
            'node_id', 'elsewhere'))).*
          from trunkline.live_session s where s.user_id = 'pattern'
          """
              .formatted(late.id()));

      Future<?> writing = threads.submit(() -> Samples.write(first, List.of(late)));
      Samples.eventually().until(() -> waiting("transactionid") == 1);
      Future<Integer> entering = threads.submit(() -> enter(second));
      Samples.eventually().until(() -> entering.isDone() || waiting("advisory") == 1);
      other.rollback();
      writing.get();
      entering.get();
    }

    assertThat(live()).containsExactly("late|1|DETACHED", "pattern|1|DETACHED");
  }

  /** Those who wait for a lock of that kind in this database. */
  private int waiting(String kind) {
    return query(
            config,
            "select pid from pg_locks l join pg_stat_activity a using (pid)"
                + " where not l.granted and a.datname = current_database()"
                + " and l.locktype = '"
                + kind
                + "'")
        .size();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(config.url(), config.user(), config.password());
  }

  @Test
  void detachOfAnAttachThatIsNotTheLast_hasNoEffect_andNobodyIsTold() throws Exception {
    enter(first);
    SessionStart start = Samples.start("alice");
    Samples.write(first, List.of(start));
    execute(config, "update trunkline.live_session set epoch = 2");
    List<SessionDetach> told = new CopyOnWriteArrayList<>();
    var listener =
        new SessionJournal.Listener() {
          @Override
          public void written(List<SessionStart> started, List<SessionEnd> ended) {}

          @Override
          public void detached(List<SessionDetach> detached) {
            told.addAll(detached);
          }
        };
    SessionStart other = Samples.start("bob");

    try (SessionJournal journal = first.journal(Samples.JOURNAL, listener)) {
      journal.detached(Samples.detach(start, GRACE));
      journal.settled(start.id()).join();
      journal.started(other);
      journal.settled(other.id()).join();
      journal.detached(Samples.detach(other, GRACE));
      journal.settled(other.id()).join();
    }

    assertThat(live()).containsExactly("alice|2|ACTIVE", "bob|1|DETACHED");
    assertThat(told).extracting(SessionDetach::id).containsExactly(other.id());
  }

  @Test
  void noteLoad_isOneRowAMinute_withTheHighestOfIt() {
    enter(first);
    NodeStore nodes = first.nodes();
    nodes.noteLoad("node-1", new NodeLoad(10, 0.2, 500));
    nodes.noteLoad("node-1", new NodeLoad(30, 0.4, 0));
    nodes.noteLoad("node-1", new NodeLoad(20, 0.6, 100));

    List<String> sums = new ArrayList<>();
    query(
            config,
            "select node_id, max(sessions), max(outbound_bytes), count(*) <= 2, min(cpu) > 0.1"
                + " from report.node_load_by_minute group by node_id")
        .forEach(sums::add);

    assertThat(sums).containsExactly("node-1|30|500|t|t");
    assertThat(query(config, "select count(*) from trunkline.node_load_history_default"))
        .containsExactly("0");
  }

  @Test
  void forget_onlyWhoHasBeenGoneForSoLong() {
    NodeStore nodes = second.nodes();
    enter(first);
    assertThat(nodes.goneFor(Duration.ZERO)).isEmpty();
    assertThat(nodes.forget("node-1", Duration.ZERO, GRACE)).isFalse();
    Samples.write(first, List.of(Samples.start("alice")));

    leaseEnded("1 hour");

    assertThat(nodes.goneFor(Duration.ofHours(2))).isEmpty();
    assertThat(nodes.forget("node-1", Duration.ofHours(2), GRACE)).isFalse();
    assertThat(nodes.goneFor(Duration.ofMinutes(59))).containsExactly("node-1");
    assertThat(nodes.forget("node-1", Duration.ofMinutes(59), GRACE)).isTrue();
    assertThat(nodes.forget("node-1", Duration.ofMinutes(59), GRACE)).isFalse();
    assertThat(nodes.list()).isEmpty();
    assertThat(live()).containsExactly("alice|1|DETACHED");
  }

  @Test
  void forgotten_nodeThatWakes_isSuperseded_alsoIfItIsThereAgain() {
    enter(first);
    leaseEnded("1 hour");
    second.nodes().forget("node-1", Duration.ZERO, GRACE);

    assertThat(first.nodes().renew("node-1", LEASE, NodeLoad.NONE).superseded()).isTrue();
    enter(second);
    assertThat(first.nodes().renew("node-1", LEASE, NodeLoad.NONE).superseded()).isTrue();
  }
}
