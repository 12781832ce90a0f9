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
import io.trunkline.systemtest.installation.Processes;
import io.trunkline.systemtest.installation.Shortage;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two nodes stand still for far longer than their lease, as on a machine that was suspended. The
 * clients of the first notice and go elsewhere. Those of the second do not ({@code
 * clients.liveness-timeout} is 10 m there), so that it wakes with all its connections.
 */
final class NodePause {
  private static final Duration PAUSE = Duration.ofSeconds(90);
  private static final Duration LOOK = Duration.ofSeconds(15);

  /** The contract's own. */
  private static final Duration LET_GO = Duration.ofSeconds(5);

  private static final String MOVING = "moving-by-pause";
  private static final String LEAVING = "leaving-by-pause";
  private static final String STAYING = "staying-by-pause";

  private final Cluster cluster;
  private final Processes processes;

  NodePause(Cluster cluster, Processes processes) {
    this.cluster = cluster;
    this.processes = processes;
  }

  void run() throws Exception {
    Erp erp = new Erp(cluster.installation());
    Map<String, String> ofFirst = cluster.heldBy(FIRST);
    Map<String, String> ofSecond = cluster.heldBy(SECOND);
    RawSession moving = cluster.connect(SECOND, MOVING);
    RawSession leaving = cluster.connect(SECOND, LEAVING);
    RawSession staying = cluster.connect(SECOND, STAYING);
    for (RawSession each : List.of(moving, leaving, staying)) {
      cluster.awaitRow(each, new Row("ACTIVE", SECOND, 1));
    }

    processes.pause(FIRST);
    processes.pause(SECOND);
    long pausedNs = System.nanoTime();
    Timestamp paused = cluster.sessions().now();
    cluster.say("SIGSTOP to " + FIRST + " and " + SECOND);

    RawSession moved = cluster.resume(moving, THIRD, MOVING);
    RawSession left = cluster.resume(leaving, THIRD, LEAVING);
    // The node finds it when it wakes: the end of a session that is not its own any more.
    leaving.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()).build());
    int seen = moving.messages().size();
    List<String> forMoving = erp.publish(MOVING, "pause-for-moving", 10);
    List<String> forStaying = erp.publish(STAYING, "pause-for-staying", 10);
    erp.shout("shout-while-paused");
    await("the session gets its messages where it is now")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(moved.ownMessages()).isEqualTo(forMoving));
    cluster.awaitElsewhere(ofFirst, FIRST);
    cluster.awaitRow(staying, new Row("DETACHED", SECOND, 1));
    theThirdWorksOn(pausedNs);

    var shortage = new Shortage();
    long wokenNs = System.nanoTime();
    processes.wake(FIRST);
    processes.wake(SECOND);
    cluster.say("SIGCONT");

    letsGo(moving, wokenNs, shortage);
    letsGo(leaving, wokenNs, shortage);
    await("what did not move goes on where it was")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(staying.ownMessages()).isEqualTo(forStaying));
    cluster.awaitRow(staying, new Row("ACTIVE", SECOND, 1));
    cluster.goesOn("all work");

    assertThat(moving.messages()).as("sent to a client that had moved").hasSize(seen);
    assertThat(moved.ownMessages()).isEqualTo(forMoving);
    cluster.awaitRow(moved, new Row("ACTIVE", THIRD, 2));
    cluster.awaitRow(left, new Row("ACTIVE", THIRD, 2));
    for (RawSession each : List.of(moved, left, staying)) {
      assertThat(each.isEnded()).as(each.lastFrame()).isFalse();
    }
    List<String> all = new ArrayList<>(ofFirst.values());
    all.addAll(List.of(moved.id(), left.id()));
    assertThat(cluster.sessions().sentBy(FIRST, all, paused)).isEmpty();
    assertThat(cluster.sessions().sentBy(SECOND, all, paused)).isEmpty();
    cluster.assertIds(ofFirst);
    cluster.assertIds(ofSecond);
    cluster.balance();
  }

  /** Until the time is over. */
  private void theThirdWorksOn(long pausedNs) throws Exception {
    Duration left = PAUSE.minusNanos(System.nanoTime() - pausedNs);
    while (left.isPositive()) {
      Thread.sleep(left.compareTo(LOOK) < 0 ? left : LOOK);
      cluster.goesOn(THIRD + " works on");
      left = PAUSE.minusNanos(System.nanoTime() - pausedNs);
    }
  }

  private void letsGo(RawSession moved, long wokenNs, Shortage shortage) {
    await("what moved is let go").atMost(PATIENCE).until(moved::isEnded);
    Duration took = Duration.ofNanos(moved.endedNs() - wokenNs);
    Duration without = shortage.soFar();
    cluster.say(
        "what moved was let go after %d ms, %d ms of them on a machine without a free processor: %s"
            .formatted(took.toMillis(), without.toMillis(), moved.lastFrame().replace('\n', ' ')));
    assertThat(took.minus(without)).isLessThan(LET_GO);
  }
}
