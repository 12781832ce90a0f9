package io.trunkline.systemtest.cluster;

import io.trunkline.systemtest.installation.Processes;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Things that go wrong with a cluster under load. All happen to the same one, one after the other,
 * and after each the books of all that was done so far must balance. What fails takes the cluster
 * with it, and the next begins with a new one: so each can be run alone.
 */
@ArquillianTest
@RunAsClient
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterTest {
  private static @Nullable Cluster running;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private Processes processes;

  @AfterAll
  static void stop() {
    Cluster last = running;
    running = null;
    if (last != null) {
      last.close();
    }
  }

  private interface Scenario {
    void on(Cluster cluster) throws Exception;
  }

  private void play(Scenario scenario) throws Exception {
    Cluster cluster = running;
    if (cluster == null) {
      cluster = new Cluster(controller, processes);
      running = cluster;
    }
    try {
      scenario.on(cluster);
    } catch (Exception | AssertionError e) {
      running = null;
      cluster.abandon();
      throw e;
    }
  }

  @Test
  @Order(1)
  void nodeWithoutBroker_keepsItsSessions_andTheBooksBalanceWhenItIsBack() throws Exception {
    play(cluster -> new BrokerCut(cluster, processes).run());
  }

  @Test
  @Order(2)
  void nodeWhoseLeaseEnds_letsGoWhatMoved_keepsTheRest_andTheBooksBalance() throws Exception {
    play(cluster -> new DatabaseCut(cluster, processes).run());
  }

  @Test
  @Order(3)
  void killedNode_itsSessionsGoOnElsewhereUnderTheirIds_andTheBooksBalance() throws Exception {
    play(cluster -> new NodeKill(cluster, controller).run());
  }

  /** Last, since the load stays where it went. */
  @Test
  @Order(4)
  void wokenNode_harmsNothingThatMoved_keepsTheRest_andTheBooksBalance() throws Exception {
    play(cluster -> new NodePause(cluster, processes).run());
  }
}
