package io.trunkline.benchmarks;

import java.util.List;

/**
 * Messages to one user each, acknowledged by the client, with a receipt to the publisher: JMS in,
 * session, acknowledgement, JMS out. Persistent ones go through the database on both ways.
 */
final class DirectBenchmark {
  private static final int RATE_PER_SECOND = 500;

  private final Lab lab;
  private final Sizes sizes;
  private final boolean persistent;
  private final int messages;

  DirectBenchmark(Lab lab, Sizes sizes, boolean persistent) {
    this.lab = lab;
    this.sizes = sizes;
    this.persistent = persistent;
    this.messages = persistent ? sizes.directMessages() / 2 : sizes.directMessages();
  }

  Table run() throws BenchmarkException {
    Gateway gateway = lab.gateway();
    List<String> tokens = lab.tokens(sizes.users());
    lab.progress().say("connecting " + sizes.users() + " users");
    try (var swarm = new Swarm(gateway)) {
      swarm.connect(sizes.users(), tokens, DirectLoad::acknowledging);
      gateway.settle();
      var load = new DirectLoad(gateway.publisher(), sizes.users(), DirectLoad.WINDOW, persistent);
      lab.progress().say(kind() + ", as many as fit through");
      double _ = load.publish(messages / 2, 0);
      Table table = measure(gateway, load);
      swarm.check();
      gateway.settle();
      return table;
    }
  }

  private String kind() {
    return "point to point, " + (persistent ? "persistent" : "non-persistent");
  }

  private Table measure(Gateway gateway, DirectLoad load) throws BenchmarkException {
    ProcessFigures self = ProcessFigures.ofThisProcess();
    double serverCpu = gateway.figures().cpuSeconds();
    double othersCpu = gateway.figures().childrenCpuSeconds();
    double ownCpu = self.cpuSeconds();
    double seconds = load.publish(messages, 0);
    double millions = messages / 1e6;
    serverCpu = gateway.figures().cpuSeconds() - serverCpu;
    othersCpu = gateway.figures().childrenCpuSeconds() - othersCpu;
    ownCpu = self.cpuSeconds() - ownCpu;

    lab.progress().say(kind() + ", " + RATE_PER_SECOND + " a second");
    double _ = load.publish(sizes.pacedMessages() / 2, RATE_PER_SECOND);
    load.reset();
    double _ = load.publish(sizes.pacedMessages(), RATE_PER_SECOND);
    return new Table(
            "Point to point, "
                + (persistent ? "persistent" : "non-persistent")
                + ", acknowledged, with receipt ("
                + sizes.users()
                + " users)",
            "messages/s, " + DirectLoad.WINDOW + " under way",
            "gateway CPU s per million",
            "broker and database",
            "load generator's",
            "p50 ms publish to receipt at " + RATE_PER_SECOND + "/s",
            "p99 ms")
        .add(
            messages / seconds,
            serverCpu / millions,
            othersCpu / millions,
            ownCpu / millions,
            load.percentileMs(50),
            load.percentileMs(99));
  }
}
