package io.trunkline.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Echo calls of Trunkline, of a bare Netty server, and of others' servers with their own clients:
 * the same calls for the same time, each server in a process of its own with the same heap, and
 * none beside another.
 */
final class UplinkBenchmark {
  private static final String GATEWAY = "Trunkline";

  /** Warm-ups at most. */
  private static final int WARM_UPS = 10;

  /** A warm-up that takes off less than a tenth of a call's cost was the last. */
  private static final double STEADY = 0.9;

  private final Lab lab;
  private final Sizes sizes;
  private final List<Row> rows = new ArrayList<>();

  UplinkBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  private record Row(String server, EchoSize size, CallFigures figures) {
    boolean ours() {
      return server.startsWith(GATEWAY);
    }
  }

  private interface Opening {
    CallLoad open(EchoSize size) throws BenchmarkException;
  }

  /** Before anything else of the lab is started: that would run beside the peers. */
  Table run() throws BenchmarkException {
    try (BareTarget bare = lab.startBare()) {
      measure(bare.name(), bare.figures(), size -> new SwarmLoad(lab, bare, size));
    }
    for (String project : PeerServer.RPC) {
      for (String threads : List.of(PeerServer.LOOP, PeerServer.POOL)) {
        try (var server = new PeerServer(lab, project, threads);
            var client = new PeerClient(lab, server, EchoSize.CONNECTIONS)) {
          measure(
              server.name() + (threads.equals(PeerServer.POOL) ? ", thread pool" : ""),
              server.figures(),
              size -> client.begin(size.outstanding()));
        }
      }
    }
    try (var server = new PeerServer(lab, PeerServer.HTTP, PeerServer.LOOP)) {
      measure(
          server.name(),
          server.figures(),
          // Without pipelining each call under way has a connection of its own.
          size -> new LocalLoad(new HttpPeer(), server.port(), new EchoSize(size.calls(), 1)));
    }
    Gateway gateway = lab.gateway();
    gateway.settle();
    measure(GATEWAY, gateway.figures(), size -> new SwarmLoad(lab, gateway, size));
    measure(
        GATEWAY + ", called by its client library",
        gateway.figures(),
        size ->
            new LocalLoad(
                new LibraryPeer(lab.tokens(size.connections())),
                gateway.address().getPort(),
                size));
    return table();
  }

  private void measure(String name, ProcessFigures server, Opening opening)
      throws BenchmarkException {
    try {
      warmUp(name, server, opening);
      for (EchoSize size : EchoSize.ALL) {
        lab.progress().say("uplink, " + name + ", " + size.outstanding() + " outstanding");
        try (CallLoad load = opening.open(size)) {
          rows.add(new Row(name, size, CallFigures.measure(load, server, sizes)));
        }
      }
    } catch (BenchmarkException e) {
      throw new BenchmarkException(name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Calls until a call costs the server about what it cost before: some are compiled within
   * seconds, others take many times longer.
   */
  private void warmUp(String name, ProcessFigures server, Opening opening)
      throws BenchmarkException {
    lab.progress().say("uplink, " + name + ", warming up");
    try (CallLoad load = opening.open(EchoSize.ALL.getLast())) {
      long calls = 0;
      double cost = Double.POSITIVE_INFINITY;
      for (int round = 0; round < WARM_UPS; round++) {
        double cpu = server.cpuSeconds();
        load.record();
        Clock.pause(1_000L * sizes.warmUpSeconds());
        long before = calls;
        calls = load.stop().calls();
        double last = cost;
        cost = (server.cpuSeconds() - cpu) / (calls - before);
        if (cost > STEADY * last) {
          return;
        }
      }
      lab.progress().say("it still gets cheaper; going on");
    }
  }

  private Table table() {
    var table =
        new Table(
            "Uplink beside others: echo calls (" + EchoSize.TITLE + ")",
            "server",
            "outstanding per connection",
            "calls/s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "server CPU s per million",
            "load generator's",
            "calls per server CPU s",
            "Trunkline's multiple");
    for (EchoSize size : EchoSize.ALL) {
      List<Row> ofSize = rows.stream().filter(row -> row.size().equals(size)).toList();
      double own =
          ofSize.stream()
              .filter(row -> row.server().equals(GATEWAY))
              .mapToDouble(row -> row.figures().callsPerServerCpuSecond())
              .findFirst()
              .orElseThrow();
      // Measured last, shown first.
      ofSize.stream().filter(Row::ours).forEach(row -> add(table, row, own));
      ofSize.stream().filter(row -> !row.ours()).forEach(row -> add(table, row, own));
    }
    return table;
  }

  private static void add(Table table, Row row, double own) {
    CallFigures figures = row.figures();
    table.add(
        row.server(),
        row.size().outstanding(),
        figures.callsPerSecond(),
        figures.p50Millis(),
        figures.p99Millis(),
        figures.p999Millis(),
        figures.serverCpuSecondsPerMillion(),
        figures.loadCpuSecondsPerMillion(),
        figures.callsPerServerCpuSecond(),
        own / figures.callsPerServerCpuSecond());
  }
}
