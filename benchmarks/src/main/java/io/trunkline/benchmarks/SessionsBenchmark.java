package io.trunkline.benchmarks;

import java.util.List;

/** Idle sessions: what each costs in memory, and what its connect costs in time. */
final class SessionsBenchmark {
  private static final double KIB = 1024;
  private static final double MIB = 1024 * KIB;

  private final Lab lab;
  private final Sizes sizes;

  SessionsBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  Table run() throws BenchmarkException {
    Gateway gateway = lab.gateway();
    List<String> tokens = lab.tokens(sizes.sessions().getLast());
    var table =
        new Table(
            "Idle sessions (512 MiB heap)",
            "sessions",
            "live heap MiB",
            "resident MiB",
            "connects/s",
            "gateway CPU s per 1,000 connects",
            "with database and broker");
    var heap = new Line();
    var resident = new Line();
    try (var swarm = new Swarm(gateway)) {
      for (int count : sizes.sessions()) {
        int more = count - swarm.size();
        lab.progress().say("connecting up to " + count + " sessions");
        double cpu = gateway.figures().cpuSeconds();
        double others = gateway.figures().childrenCpuSeconds();
        long begin = System.nanoTime();
        swarm.connect(more, tokens, (channel, index) -> (context, in, start, length) -> {});
        double seconds = Progress.secondsSince(begin);
        gateway.settle(); // the records of the sessions are part of the cost
        cpu = gateway.figures().cpuSeconds() - cpu;
        others = gateway.figures().childrenCpuSeconds() - others;
        swarm.check();
        double heapBytes = gateway.figures().liveHeapBytes();
        double residentBytes = gateway.figures().residentBytes();
        heap.add(count, heapBytes);
        resident.add(count, residentBytes);
        table.add(
            count,
            heapBytes / MIB,
            residentBytes / MIB,
            more / seconds,
            1_000 * cpu / more,
            1_000 * (cpu + others) / more);
      }
    }
    gateway.settle();
    return table.add(
        "slope",
        Table.written(heap.slope() / KIB) + " KiB a session",
        Table.written(resident.slope() / KIB) + " KiB a session",
        "",
        "",
        "");
  }
}
