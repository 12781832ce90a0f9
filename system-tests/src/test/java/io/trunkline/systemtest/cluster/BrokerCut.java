package io.trunkline.systemtest.cluster;

import static io.trunkline.systemtest.cluster.Cluster.SECOND;

import io.trunkline.systemtest.installation.Link;
import io.trunkline.systemtest.installation.Processes;
import io.trunkline.systemtest.installation.TcpProxy;
import java.time.Duration;
import java.util.Map;

/** The network between a node and the broker is cut, so that neither hears of the other's end. */
final class BrokerCut {
  /**
   * The broker and the node have given each other up by then: {@code jms.connection-ttl} is 4 s.
   */
  private static final Duration CUT = Duration.ofSeconds(12);

  private final Cluster cluster;
  private final Processes processes;

  BrokerCut(Cluster cluster, Processes processes) {
    this.cluster = cluster;
    this.processes = processes;
  }

  void run() throws Exception {
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
