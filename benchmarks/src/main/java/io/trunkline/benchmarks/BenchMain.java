package io.trunkline.benchmarks;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code ./trunkline bench}: tables on standard output, what is going on on standard error. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Measures this build on this machine. Starts a gateway with its own database and broker in a"
          + " temporary folder, on free ports, and removes it all at the end.",
      "Results go to standard output as Markdown; docs/PERFORMANCE.md says what they mean."
    })
final class BenchMain {
  private static final int FAILED = 1;

  @Option(
      names = "--small",
      scope = ScopeType.INHERIT,
      description = "Small sizes, to try the programs; the figures mean little.")
  private boolean small;

  private BenchMain() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new BenchMain()).execute(args));
  }

  /** A part of a run. */
  private interface Part {
    void run(Lab lab, Sizes sizes) throws BenchmarkException;
  }

  @Command(description = "Seconds from the start of './trunkline run' to 'ready'.")
  int startup() {
    return measure(BenchMain::startup);
  }

  @Command(description = "Idle sessions: memory of each, rate and cost of connects.")
  int sessions() {
    return measure(BenchMain::sessions);
  }

  @Command(
      description =
          "Many clients connect at once: how long until all are in, and what those feel that were"
              + " there before.")
  int storm(
      @Option(
              names = "--clients",
              paramLabel = "N",
              defaultValue = "0",
              description = "How many, up to 15,000. Default: 5,000")
          int clients,
      @Option(
              names = "--rates",
              paramLabel = "R",
              split = ",",
              defaultValue = "0,500",
              description = "Values of clients.admission-rate. Default: ${DEFAULT-VALUE}")
          List<Integer> rates) {
    return measure(
        (lab, sizes) -> {
          int count = clients == 0 ? sizes.stormClients() : clients;
          new StormBenchmark(lab, count, rates).run().print(System.out);
        });
  }

  @Command(description = "Calls of the echo service, and of a bare Netty server.")
  int echo() {
    return measure((lab, sizes) -> echo(lab, sizes, List.of(lab.gateway(), lab.bare())));
  }

  @Command(
      description =
          "Calls of the echo service beside bare Netty, RocketMQ's remoting, SOFABolt, gRPC and"
              + " HTTP on Helidon; takes about 9 minutes.")
  int uplink() {
    return measure(BenchMain::uplink);
  }

  @Command(
      aliases = "burst",
      description = "Broadcasts, one at a time and in bursts, and those of bare Netty.")
  int broadcast() {
    return measure((lab, sizes) -> broadcast(lab, sizes, List.of(lab.gateway(), lab.bare())));
  }

  @Command(description = "The bare Netty server alone: the floor on this machine.")
  int baseline() {
    return measure(
        (lab, sizes) -> {
          echo(lab, sizes, List.of(lab.bare()));
          broadcast(lab, sizes, List.of(lab.bare()));
        });
  }

  @Command(
      name = "point-to-point",
      description =
          "Messages to single users with acknowledgement and receipt; and what a bare insert and a"
              + " bare send cost.")
  int pointToPoint() {
    return measure(
        (lab, sizes) -> {
          pointToPoint(lab, sizes);
          new StoreBenchmark(lab, sizes).bareInserts().print(System.out);
          new BrokerBenchmark(lab, sizes).run().print(System.out);
        });
  }

  @Command(
      description =
          "Messages to single users with 1, 2, 4 and 8 nodes: what each costs, and how many nodes"
              + " touch it.")
  int nodes() {
    return measure(BenchMain::nodes);
  }

  @Command(description = "What it costs the broker that each node has a selector.")
  int selectors() {
    return measure((lab, sizes) -> new SelectorsBenchmark(lab, sizes).run().print(System.out));
  }

  @Command(
      description =
          "Three nodes with 5,000 sessions each, of which one is killed: when its sessions live"
              + " elsewhere.")
  int failover() {
    return measure(BenchMain::failover);
  }

  @Command(description = "The message store on its database, a bare insert, and the broker alone.")
  int store() {
    return measure(BenchMain::store);
  }

  @Command(description = "Everything, with machine and versions; takes about 18 minutes.")
  int all() {
    return measure(
        (lab, sizes) -> {
          startup(lab, sizes);
          uplink(lab, sizes); // before the gateway stands beside the others
          sessions(lab, sizes);
          List<Target> targets = List.of(lab.gateway(), lab.bare());
          echo(lab, sizes, targets);
          broadcast(lab, sizes, targets);
          pointToPoint(lab, sizes);
          store(lab, sizes);
        });
  }

  private static void startup(Lab lab, Sizes sizes) throws BenchmarkException {
    new StartupBenchmark(lab, sizes).run().print(System.out);
  }

  private static void uplink(Lab lab, Sizes sizes) throws BenchmarkException {
    new UplinkBenchmark(lab, sizes).run().print(System.out);
  }

  private static void sessions(Lab lab, Sizes sizes) throws BenchmarkException {
    new SessionsBenchmark(lab, sizes).run().print(System.out);
  }

  private static void echo(Lab lab, Sizes sizes, List<Target> targets) throws BenchmarkException {
    Table table = EchoBenchmark.table();
    for (Target target : targets) {
      new EchoBenchmark(lab, sizes).run(target, table);
    }
    table.print(System.out);
  }

  private static void broadcast(Lab lab, Sizes sizes, List<Target> targets)
      throws BenchmarkException {
    var benchmark = new BroadcastBenchmark(lab, sizes);
    Table single = benchmark.singleTable();
    Table burst = benchmark.burstTable();
    for (Target target : targets) {
      benchmark.run(target, single, burst);
    }
    single.print(System.out);
    burst.print(System.out);
  }

  private static void pointToPoint(Lab lab, Sizes sizes) throws BenchmarkException {
    new DirectBenchmark(lab, sizes, /* persistent= */ false).run().print(System.out);
    new DirectBenchmark(lab, sizes, /* persistent= */ true).run().print(System.out);
  }

  private static void nodes(Lab lab, Sizes sizes) throws BenchmarkException {
    new NodesBenchmark(lab, sizes).run().forEach(table -> table.print(System.out));
  }

  private static void failover(Lab lab, Sizes sizes) throws BenchmarkException {
    new FailoverBenchmark(lab, sizes).run().print(System.out);
  }

  private static void store(Lab lab, Sizes sizes) throws BenchmarkException {
    new StoreBenchmark(lab, sizes).run().print(System.out);
    new BrokerBenchmark(lab, sizes).run().print(System.out);
  }

  private int measure(Part part) {
    var progress = new Progress(System.err);
    var stopping = new AtomicBoolean();
    try (var lab = new Lab(progress)) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    stopping.set(true);
                    lab.stop();
                  },
                  "stop"));
      Machine.print(System.out);
      part.run(lab, small ? Sizes.small() : Sizes.full());
      progress.say("done; stopping what was started");
      return 0;
    } catch (BenchmarkException e) {
      if (!stopping.get()) {
        System.err.println("bench: " + e.getMessage());
      }
      return FAILED;
    }
  }
}
