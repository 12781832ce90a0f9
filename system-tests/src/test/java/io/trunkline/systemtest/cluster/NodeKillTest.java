package io.trunkline.systemtest.cluster;

import static io.trunkline.systemtest.cluster.Cluster.FIRST;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node dies in the middle of its work. */
class NodeKillTest extends ClusterTest {

  @Test
  void killedNode_itsSessionsGoOnElsewhereUnderTheirIds_andTheBooksBalance() throws Exception {
    Map<String, String> others = cluster.heldBy(Cluster.SECOND);
    Map<String, String> ids = cluster.heldBy(FIRST);

    controller.kill(FIRST);
    cluster.say("SIGKILL to " + FIRST);

    cluster.awaitElsewhere(ids, FIRST);
    cluster.assertIds(others);
    cluster.goesOn("without " + FIRST);
    controller.start(FIRST);
    cluster.goesOn(FIRST + " is back");
    cluster.balance();
  }
}
