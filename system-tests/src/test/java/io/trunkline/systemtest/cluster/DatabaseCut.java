package io.trunkline.systemtest.cluster;

import static io.trunkline.systemtest.cluster.Cluster.PATIENCE;
import static io.trunkline.systemtest.cluster.Cluster.SECOND;
import static io.trunkline.systemtest.cluster.Cluster.THIRD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.systemtest.cluster.SessionTable.Row;
import io.trunkline.systemtest.installation.Link;
import io.trunkline.systemtest.installation.Processes;
import io.trunkline.systemtest.installation.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The network between a node and the database is cut: the node's lease ends, while it still serves
 * its clients and has its broker.
 */
final class DatabaseCut {
  /** Three leases. */
  private static final Duration CUT = Duration.ofSeconds(15);

  private static final String MOVING = "moving-by-cut";
  private static final String STAYING = "staying-by-cut";

  private final Cluster cluster;
  private final Processes processes;

  DatabaseCut(Cluster cluster, Processes processes) {
    this.cluster = cluster;
    this.processes = processes;
  }

  void run() throws Exception {
    Erp erp = new Erp(cluster.installation());
    TcpProxy link = processes.link(SECOND, Link.DATABASE);
    Map<String, String> ids = cluster.heldBy(SECOND);
    RawSession moving = cluster.connect(SECOND, MOVING);
    RawSession staying = cluster.connect(SECOND, STAYING);
    cluster.awaitRow(moving, new Row("ACTIVE", SECOND, 1));
    cluster.awaitRow(staying, new Row("ACTIVE", SECOND, 1));

    // What was under way comes late, when others have long decided.
    long cutNs = System.nanoTime();
    link.fallSilent(TcpProxy.Silence.HOLDS);
    cluster.say(SECOND + " is cut off from the database");

    cluster.awaitRow(moving, new Row("DETACHED", SECOND, 1));
    cluster.awaitRow(staying, new Row("DETACHED", SECOND, 1));
    cluster.say("its lease has ended");
    RawSession moved = cluster.resume(moving, THIRD, MOVING);
    assertThat(moved.welcome().getResumed()).isTrue();
    assertThat(moved.id()).isEqualTo(moving.id());
    int seenBefore = moving.ownMessages().size();
    List<String> forMoving = erp.publish(MOVING, "cut-for-moving", 5);
    List<String> forStaying = erp.publish(STAYING, "cut-for-staying", 5);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(moved.ownMessages()).isEqualTo(forMoving));
    cluster.goesOn("the others go on");
    Duration left = CUT.minusNanos(System.nanoTime() - cutNs);
    if (left.isPositive()) {
      Thread.sleep(left);
    }

    link.recover();
    cluster.say(SECOND + " has its database again");

    await("what moved is let go").atMost(PATIENCE).until(moving::isEnded);
    assertThat(moving.ownMessages()).hasSize(seenBefore);
    cluster.awaitRow(staying, new Row("ACTIVE", SECOND, 1));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(staying.ownMessages()).isEqualTo(forStaying));
    cluster.goesOn("it works again");
    assertThat(staying.isEnded()).as("staying: " + staying.lastFrame()).isFalse();
    assertThat(moved.isEnded()).as("moved: " + moved.lastFrame()).isFalse();
    cluster.awaitRow(moved, new Row("ACTIVE", THIRD, 2));
    assertThat(moved.ownMessages()).isEqualTo(forMoving);
    cluster.balance();
    cluster.assertIds(ids);
  }
}
