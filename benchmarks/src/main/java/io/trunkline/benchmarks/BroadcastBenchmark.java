package io.trunkline.benchmarks;

import java.util.Arrays;
import java.util.List;

/** Messages to everyone: one at a time, and many at once. */
final class BroadcastBenchmark {
  private static final double MILLION = 1e6;

  private final Lab lab;
  private final Sizes sizes;

  BroadcastBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  Table singleTable() {
    return new Table(
        "One broadcast to "
            + sizes.receivers()
            + " sessions ("
            + Wire.MESSAGE_BYTES
            + " bytes, "
            + sizes.rounds()
            + " rounds)",
        "server",
        "p50 ms until the last has it",
        "max ms",
        "server CPU s per million deliveries",
        "load generator's");
  }

  Table burstTable() {
    return new Table(
        sizes.burstMessages()
            + " broadcasts at once to "
            + sizes.receivers()
            + " sessions ("
            + Wire.MESSAGE_BYTES
            + " bytes, "
            + sizes.bursts()
            + " bursts)",
        "server",
        "median s until the last has all",
        "max s",
        "server CPU s per million deliveries",
        "load generator's");
  }

  /** Both, over the same connections. */
  void run(Target target, Table single, Table burst) throws BenchmarkException {
    lab.progress().say("connecting " + sizes.receivers() + " receivers to " + target.name());
    List<String> tokens = target.handshakes() ? lab.tokens(sizes.receivers()) : List.of();
    var receivers = new Receivers(sizes.receivers());
    try (var swarm = new Swarm(target)) {
      swarm.connect(sizes.receivers(), tokens, receivers::client);
      if (target instanceof Gateway gateway) {
        gateway.settle();
      }
      lab.progress().say("one broadcast at a time, " + target.name());
      measure(target, receivers, sizes.rounds(), 1, 1_000, single);
      swarm.check();
      lab.progress().say("bursts, " + target.name());
      measure(target, receivers, sizes.bursts(), sizes.burstMessages(), 1, burst);
      swarm.check();
    }
    if (target instanceof Gateway gateway) {
      gateway.settle();
    }
  }

  private void measure(
      Target target, Receivers receivers, int rounds, int messages, double unit, Table table)
      throws BenchmarkException {
    for (int i = 0; i < rounds / 2; i++) {
      receivers.round(target, messages);
    }
    ProcessFigures self = ProcessFigures.ofThisProcess();
    double serverCpu = target.figures().cpuSeconds();
    double ownCpu = self.cpuSeconds();
    double[] seconds = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      seconds[i] = receivers.round(target, messages);
    }
    double millions = (double) rounds * messages * sizes.receivers() / MILLION;
    serverCpu = target.figures().cpuSeconds() - serverCpu;
    ownCpu = self.cpuSeconds() - ownCpu;
    Arrays.sort(seconds);
    table.add(
        target.name(),
        unit * seconds[rounds / 2],
        unit * seconds[rounds - 1],
        serverCpu / millions,
        ownCpu / millions);
  }
}
