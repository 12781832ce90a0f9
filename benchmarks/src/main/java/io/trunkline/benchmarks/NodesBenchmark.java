package io.trunkline.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Messages to one user each with more and more nodes, over which the users are spread: what a
 * message costs all processes together, and how many nodes touch it.
 */
final class NodesBenchmark {
  /** This part of the messages of the point-to-point benchmark for each node. */
  private static final int PART = 8;

  /** So many times of them before: a new process compiles its code as it works. */
  private static final int WARM_UPS = 3;

  /** Messages a second for each node: more nodes, more messages. */
  private static final int PER_NODE = 400;

  /** Messages a second, however many nodes share them: so few that batches are small with one. */
  private static final int IN_ALL = 1_000;

  private static final long SEED = 5;

  private final Lab lab;
  private final Sizes sizes;

  NodesBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  /** Not persistent, then persistent. */
  List<Table> run() throws BenchmarkException {
    var cluster = new Cluster(lab);
    List<String> tokens = lab.tokens(sizes.users());
    Table passing = table("non-persistent");
    Table stored = table("persistent");
    for (int nodes : sizes.nodes()) {
      cluster.grow(nodes);
      List<Swarm> swarms = new ArrayList<>();
      try {
        connect(cluster, tokens, swarms);
        measure(cluster, /* persistent= */ false, passing);
        measure(cluster, /* persistent= */ true, stored);
        for (Swarm swarm : swarms) {
          swarm.check();
        }
      } finally {
        swarms.forEach(Swarm::close);
      }
    }
    return List.of(passing, stored);
  }

  private Table table(String kind) {
    return new Table(
        "Point to point on more and more nodes, "
            + kind
            + ", acknowledged, with receipt ("
            + sizes.users()
            + " users)",
        "nodes",
        "load",
        "messages/s",
        "CPU s per 1,000 messages: all, less idle and compiling",
        "nodes', all",
        "nodes', compiling",
        "broker's",
        "database's",
        "idle, CPU s a second: nodes'",
        "broker's and database's",
        "nodes that touch a message",
        "looked up per message");
  }

  /**
   * As many to each. Not user by user to the next: the broker gives messages to the nodes in turn,
   * and they are published user by user.
   */
  private void connect(Cluster cluster, List<String> tokens, List<Swarm> swarms)
      throws BenchmarkException {
    int nodes = cluster.size();
    List<String> shuffled = new ArrayList<>(tokens);
    Collections.shuffle(shuffled, new Random(SEED));
    lab.progress().say("connecting " + sizes.users() + " users to " + nodes + " nodes");
    for (int node = 0; node < nodes; node++) {
      List<String> own = new ArrayList<>();
      for (int user = node; user < shuffled.size(); user += nodes) {
        own.add(shuffled.get(user));
      }
      var swarm = new Swarm(cluster.nodes().get(node));
      swarms.add(swarm);
      swarm.connect(own.size(), own, DirectLoad::acknowledging);
    }
  }

  /** As fast as can be, which also compiles the code of new nodes; then at fixed rates. */
  private void measure(Cluster cluster, boolean persistent, Table table) throws BenchmarkException {
    int messages = sizes.directMessages() / PART / (persistent ? 2 : 1) * cluster.size();
    var load =
        new DirectLoad(
            lab.gateway().publisher(),
            sizes.users(),
            DirectLoad.WINDOW * cluster.size(),
            persistent);
    Cluster.Cpu idle = cluster.settle();
    lab.progress()
        .say(
            (persistent ? "persistent" : "non-persistent")
                + " messages with "
                + cluster.size()
                + " nodes");
    double _ = load.publish(messages * WARM_UPS, 0);
    measure(cluster, load, messages, 0, idle, table);
    for (int perSecond : new int[] {PER_NODE * cluster.size(), IN_ALL}) {
      measure(cluster, load, perSecond * sizes.callSeconds(), perSecond, idle, table);
    }
  }

  private static void measure(
      Cluster cluster, DirectLoad load, int messages, int perSecond, Cluster.Cpu idle, Table table)
      throws BenchmarkException {
    double touchedBefore = touched(cluster);
    double askedBefore = cluster.counter("downlink_places_asked");
    Cluster.Cpu before = cluster.cpu();
    double seconds = load.publish(messages, perSecond);
    Cluster.Cpu used = cluster.cpu().since(before);
    double thousands = messages / 1e3;
    table.add(
        cluster.size(),
        perSecond == 0
            ? "as fast as can be"
            : perSecond == IN_ALL ? IN_ALL + "/s in all" : PER_NODE + "/s a node",
        messages / seconds,
        (used.all() - used.compiling() - idle.all() * seconds) / thousands,
        used.nodes() / thousands,
        used.compiling() / thousands,
        used.broker() / thousands,
        used.database() / thousands,
        idle.nodes(),
        idle.broker() + idle.database(),
        (touched(cluster) - touchedBefore) / messages,
        (cluster.counter("downlink_places_asked") - askedBefore) / messages);
  }

  private static double touched(Cluster cluster) throws BenchmarkException {
    return cluster.counter("downlink_from_shared") + cluster.counter("downlink_from_own");
  }
}
