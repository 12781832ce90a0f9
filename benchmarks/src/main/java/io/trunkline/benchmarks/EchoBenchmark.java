package io.trunkline.benchmarks;

/** Calls of the built-in echo service by clients that always have so many outstanding. */
final class EchoBenchmark {
  private final Lab lab;
  private final Sizes sizes;

  EchoBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  static Table table() {
    return new Table(
        "Echo calls (" + EchoSize.TITLE + ")",
        "server",
        "outstanding per connection",
        "calls/s",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "server CPU s per million",
        "load generator's");
  }

  void run(Target target, Table table) throws BenchmarkException {
    for (EchoSize size : EchoSize.ALL) {
      lab.progress().say("echo, " + target.name() + ", " + size.outstanding() + " outstanding");
      try (var load = new SwarmLoad(lab, target, size)) {
        CallFigures figures = CallFigures.measure(load, target.figures(), sizes);
        table.add(
            target.name(),
            size.outstanding(),
            figures.callsPerSecond(),
            figures.p50Millis(),
            figures.p99Millis(),
            figures.p999Millis(),
            figures.serverCpuSecondsPerMillion(),
            figures.loadCpuSecondsPerMillion());
      }
    }
  }
}
