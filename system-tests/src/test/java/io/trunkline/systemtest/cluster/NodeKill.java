package io.trunkline.systemtest.cluster;

import static io.trunkline.systemtest.cluster.Cluster.SECOND;
import static io.trunkline.systemtest.cluster.Cluster.THIRD;

import java.util.Map;
import org.jboss.arquillian.container.test.api.ContainerController;

/** A node dies in the middle of its work. */
final class NodeKill {

  private final Cluster cluster;
  private final ContainerController controller;

  NodeKill(Cluster cluster, ContainerController controller) {
    this.cluster = cluster;
    this.controller = controller;
  }

  void run() throws Exception {
    Map<String, String> others = cluster.heldBy(SECOND);
    Map<String, String> ids = cluster.heldBy(THIRD);

    controller.kill(THIRD);
    cluster.say("SIGKILL to " + THIRD);

    cluster.awaitElsewhere(ids, THIRD);
    cluster.assertIds(others);
    cluster.goesOn("without " + THIRD);
    controller.start(THIRD);
    cluster.goesOn(THIRD + " is back");
    cluster.balance();
  }
}
