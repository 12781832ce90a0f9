package io.trunkline.systemtest.cluster;

import io.trunkline.systemtest.installation.Processes;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What all tests of a cluster have: one that is under load, and new for each. */
@ArquillianTest
@RunAsClient
abstract class ClusterTest {
  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  ContainerController controller;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  Processes processes;

  Cluster cluster;

  @BeforeEach
  void startCluster() throws Exception {
    cluster = new Cluster(controller, processes);
  }

  @AfterEach
  void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }
}
