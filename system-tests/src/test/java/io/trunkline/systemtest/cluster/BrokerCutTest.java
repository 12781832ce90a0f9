package io.trunkline.systemtest.cluster;

import static io.trunkline.systemtest.cluster.Cluster.SECOND;

import io.trunkline.systemtest.installation.Link;
import io.trunkline.systemtest.installation.TcpProxy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The network between a node and the broker is cut, so that neither hears of the other's end. */
class BrokerCutTest extends ClusterTest {
  /**
   * The broker and the node have given each other up by then: {@code jms.connection-ttl} is 4 s.
   */
  private static final Duration CUT = Duration.ofSeconds(12);

  @Test
  void nodeWithoutBroker_keepsItsSessions_andTheBooksBalanceWhenItIsBack() throws Exception {
    TcpProxy link = processes.link(SECOND, Link.BROKER);
    Map<String, String> ids = cluster.heldBy(SECOND);

    link.fallSilent(TcpProxy.Silence.LOSES);
    cluster.say(SECOND + " is cut off from the broker");
    Thread.sleep(CUT);

    cluster.goesOn("the others go on");
    cluster.assertIds(ids);
    link.recover();
    cluster.goesOn(SECOND + " has its broker again");
    cluster.balance();
    cluster.assertIds(ids);
  }
}
