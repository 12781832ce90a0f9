package io.trunkline.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/**
 * The installation's node and more nodes, each in a process of its own, on one database and one
 * broker.
 */
final class Cluster {
  /** Less than this share of one processor for each node is idle. */
  private static final double IDLE_PER_NODE = 0.05;

  private static final int SETTLE_SECONDS = 60;

  private final Lab lab;
  private final Gateway gateway;
  private final List<FurtherNode> further = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * CPU seconds since some time; what a difference of two says is what was used in between.
   *
   * @param compiling the part of the nodes' that their JVMs compiled in
   */
  record Cpu(double nodes, double compiling, double broker, double database) {
    Cpu since(Cpu before) {
      return new Cpu(
          nodes - before.nodes,
          compiling - before.compiling,
          broker - before.broker,
          // What a connection's process has used is gone with it.
          Math.max(0, database - before.database));
    }

    double all() {
      return nodes + broker + database;
    }
  }

  Cluster(Lab lab) throws BenchmarkException {
    this.lab = lab;
    this.gateway = lab.gateway();
  }

  /** Starts nodes until there are so many. */
  void grow(int nodes) throws BenchmarkException {
    while (size() < nodes) {
      further.add(FurtherNode.start(lab, gateway, "gw-" + (size() + 1)));
    }
  }

  int size() {
    return 1 + further.size();
  }

  /** The installation's own first. */
  List<Target> nodes() {
    List<Target> all = new ArrayList<>(List.of(gateway));
    all.addAll(further);
    return all;
  }

  /** The one that was started last; not the installation's. */
  FurtherNode last() {
    return further.getLast();
  }

  Cpu cpu() throws BenchmarkException {
    double nodes = gateway.figures().cpuSeconds();
    double compiling = gateway.figures().compilerCpuSeconds();
    for (FurtherNode node : further) {
      nodes += node.figures().cpuSeconds();
      compiling += node.figures().compilerCpuSeconds();
    }
    double database = gateway.figures().childrenCpuSeconds("postgres");
    return new Cpu(nodes, compiling, gateway.figures().childrenCpuSeconds("/java"), database);
  }

  /**
   * Waits until what was done before is done.
   *
   * @return CPU seconds a second when it is
   */
  Cpu settle() throws BenchmarkException {
    lab.progress().say("waiting until " + size() + " nodes are idle");
    var used = new Cpu(0, 0, 0, 0);
    for (int second = 0; second < SETTLE_SECONDS; second++) {
      Cpu before = cpu();
      Clock.pause(1_000);
      used = cpu().since(before);
      if (used.all() <= IDLE_PER_NODE * size()) {
        return used;
      }
    }
    lab.progress().say("they are not idle after " + SETTLE_SECONDS + " s; going on");
    return used;
  }

  /** The sum of a counter of all nodes. */
  long counter(String name) throws BenchmarkException {
    long sum = counter(gateway.api(), name);
    for (FurtherNode node : further) {
      sum += counter(node.api(), name);
    }
    return sum;
  }

  private long counter(String api, String name) throws BenchmarkException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api).resolve("/observe/metrics"))
            .header("Accept", "text/plain")
            .header("Authorization", "Bearer " + lab.secret("api-token"))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith("trunkline_" + name + "_total"))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new BenchmarkException("no metrics of " + api + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    }
  }
}
