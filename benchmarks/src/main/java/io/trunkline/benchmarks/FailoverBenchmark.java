package io.trunkline.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One of three nodes is killed: when its sessions live elsewhere, under their old ids. */
final class FailoverBenchmark {
  private static final int NODES = 3;
  private static final int TIMEOUT_SECONDS = 120;
  private static final int POLL_MS = 50;

  private final Lab lab;
  private final Sizes sizes;

  FailoverBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  Table run() throws BenchmarkException {
    int perNode = sizes.nodeSessions();
    var cluster = new Cluster(lab);
    cluster.grow(NODES);
    List<String> tokens = lab.tokens(NODES * perNode);
    try (var clients = new Wanderers(cluster.nodes().stream().map(Target::address).toList())) {
      for (int node = 0; node < NODES; node++) {
        lab.progress().say("connecting " + perNode + " clients to node " + (node + 1));
        clients.connect(node, tokens.subList(node * perNode, (node + 1) * perNode));
      }
      Cluster.Cpu _ = cluster.settle();
      lab.progress().say("killing " + cluster.last().name());
      long killed = System.nanoTime();
      cluster.last().kill();
      return table(perNode, killed, awaitAll(clients, perNode, killed));
    }
  }

  private List<Wanderers.Return> awaitAll(Wanderers clients, int count, long killed)
      throws BenchmarkException {
    List<Wanderers.Return> back = clients.returns();
    while (back.size() < count) {
      if (Progress.secondsSince(killed) > TIMEOUT_SECONDS) {
        throw new BenchmarkException(
            back.size() + " of " + count + " clients are back after " + TIMEOUT_SECONDS + " s");
      }
      Clock.pause(POLL_MS);
      back = clients.returns();
    }
    return back;
  }

  private static Table table(int sessions, long killed, List<Wanderers.Return> back) {
    var table =
        new Table(
            "A node of three with " + sessions + " sessions each is killed",
            "seconds from SIGKILL until",
            "50 %",
            "99 %",
            "100 %");
    long same = back.stream().filter(Wanderers.Return::sameSession).count();
    double attempts =
        back.stream().mapToInt(Wanderers.Return::attempts).average().orElse(Double.NaN);
    row(table, "the client has noticed", back, one -> one.lostNanos() - killed);
    row(table, "its last Hello is sent", back, one -> one.helloNanos() - killed);
    row(table, "it is welcome elsewhere", back, one -> one.backNanos() - killed);
    row(table, "(of that from Hello to Welcome)", back, one -> one.backNanos() - one.helloNanos());
    return table
        .add("sessions that kept their id", same + " of " + back.size(), "", "")
        .add("connects of each client", attempts, "", "");
  }

  private interface Time {
    long nanos(Wanderers.Return one);
  }

  private static void row(Table table, String what, List<Wanderers.Return> back, Time time) {
    List<Double> seconds = new ArrayList<>();
    back.forEach(one -> seconds.add(time.nanos(one) / 1e9));
    seconds.sort(Comparator.naturalOrder());
    table.add(what, at(seconds, 0.5), at(seconds, 0.99), seconds.getLast());
  }

  /** The smallest time within which this part of all are done. */
  private static double at(List<Double> sorted, double part) {
    return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
  }
}
