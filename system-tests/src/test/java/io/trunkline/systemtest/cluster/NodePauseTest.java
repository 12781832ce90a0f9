package io.trunkline.systemtest.cluster;

import static io.trunkline.systemtest.cluster.Cluster.FIRST;
import static io.trunkline.systemtest.cluster.Cluster.PATIENCE;
import static io.trunkline.systemtest.cluster.Cluster.SECOND;
import static io.trunkline.systemtest.cluster.Cluster.THIRD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.protocol.v1.Bye;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.systemtest.cluster.SessionTable.Row;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node stands still for far longer than its lease, as on a machine that was suspended. */
class NodePauseTest extends ClusterTest {
  private static final Duration PAUSE = Duration.ofSeconds(90);

  private static final Duration LOOK = Duration.ofSeconds(10);

  /** The contract's own. */
  private static final Duration LET_GO = Duration.ofSeconds(5);

  private static final String SILENT = "silent";
  private static final String LEAVING = "leaving";

  @Test
  void wokenNode_harmsNothingThatMoved_andTheBooksBalance() throws Exception {
    Erp erp = new Erp(cluster.installation());
    Map<String, String> ids = cluster.heldBy(FIRST);
    RawSession silentBefore = cluster.connect(FIRST, SILENT);
    RawSession leavingBefore = cluster.connect(FIRST, LEAVING);
    await("the node has recorded its sessions")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertRow(silentBefore, new Row("ACTIVE", FIRST, 1));
              assertRow(leavingBefore, new Row("ACTIVE", FIRST, 1));
            });

    processes.pause(FIRST);
    long pausedNs = System.nanoTime();
    Timestamp paused = cluster.sessions().now();
    cluster.say("SIGSTOP to " + FIRST);

    RawSession silent = cluster.resume(silentBefore, SECOND, SILENT);
    RawSession leaving = cluster.resume(leavingBefore, THIRD, LEAVING);
    assertThat(silent.welcome().getResumed()).isTrue();
    assertThat(silent.id()).isEqualTo(silentBefore.id());
    assertThat(leaving.id()).isEqualTo(leavingBefore.id());
    // The node finds it when it wakes: an end of a session that is not its own any more.
    leavingBefore.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()).build());
    int before = silentBefore.messages().size();
    List<String> own = erp.publish(SILENT, "while-paused", 10);
    erp.shout("shout-while-paused");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(silent.ownMessages()).isEqualTo(own));
    cluster.awaitElsewhere(ids, FIRST);
    cluster.goesOn("without " + FIRST);
    theOthersWorkOn(pausedNs);

    long wokenNs = System.nanoTime();
    processes.wake(FIRST);
    cluster.say("SIGCONT");

    await("what moved is let go")
        .atMost(PATIENCE)
        .until(() -> silentBefore.isEnded() && leavingBefore.isEnded());
    assertThat(Duration.ofNanos(silentBefore.endedNs() - wokenNs)).isLessThan(LET_GO);
    assertThat(Duration.ofNanos(leavingBefore.endedNs() - wokenNs)).isLessThan(LET_GO);
    cluster.say(
        "what moved was let go after %d ms: %s"
            .formatted(
                Duration.ofNanos(silentBefore.endedNs() - wokenNs).toMillis(),
                silentBefore.lastFrame().replace('\n', ' ')));
    cluster.goesOn(FIRST + " is back");
    RawSession newcomer = cluster.connect(FIRST, "newcomer");
    await("it serves again").atMost(PATIENCE).until(() -> newcomer.pongs() > 0);

    assertThat(silentBefore.messages())
        .as("what the woken node sent to a client that had moved")
        .hasSize(before);
    assertRow(silent, new Row("ACTIVE", SECOND, 2));
    assertRow(leaving, new Row("ACTIVE", THIRD, 2));
    assertThat(silent.isEnded()).as("silent: " + silent.lastFrame()).isFalse();
    assertThat(leaving.isEnded()).as("leaving: " + leaving.lastFrame()).isFalse();
    assertThat(silent.ownMessages()).isEqualTo(own);
    List<String> moved = new ArrayList<>(ids.values());
    moved.addAll(List.of(silent.id(), leaving.id()));
    assertThat(cluster.sessions().sentBy(FIRST, moved, paused)).isEmpty();
    cluster.assertIds(ids);
    cluster.balance();
  }

  /** Until the time is over. */
  private void theOthersWorkOn(long pausedNs) throws Exception {
    Duration left = PAUSE.minusNanos(System.nanoTime() - pausedNs);
    while (left.isPositive()) {
      Thread.sleep(left.compareTo(LOOK) < 0 ? left : LOOK);
      cluster.goesOn("the others work on");
      left = PAUSE.minusNanos(System.nanoTime() - pausedNs);
    }
  }

  private void assertRow(RawSession session, Row expected) throws Exception {
    assertThat(cluster.sessions().living(session.id())).contains(expected);
  }
}
