package io.trunkline.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Very many clients connect at once to a node that has some: how long until all are in, and what
 * those feel that were there before.
 */
final class StormBenchmark {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int PACE_MS = 50;
  private static final int CALLERS = 64;
  private static final int SETTLE_SECONDS = 10;
  private static final int BEFORE_SECONDS = 10;
  private static final long PATIENCE_SECONDS = 300;

  /** Clients that come before anything is measured, so that the code for it is compiled. */
  private static final int WARM_UP = 1_000;

  private final Lab lab;
  private final int clients;
  private final List<Integer> rates;

  /**
   * @param rates values of {@code clients.admission-rate}; 0: no limit
   */
  StormBenchmark(Lab lab, int clients, List<Integer> rates) {
    this.lab = lab;
    this.clients = clients;
    this.rates = List.copyOf(rates);
  }

  Table run() throws BenchmarkException {
    var table =
        new Table(
            "%d clients connect at once to a node with %d, each with an echo call every %d ms"
                .formatted(clients, CALLERS, PACE_MS),
            "clients.admission-rate",
            "calls before: p50 ms",
            "p99 ms",
            "until all are in: p50 ms",
            "p99 ms",
            "longest ms",
            "seconds until all are in",
            "attempts per client",
            "most",
            "lost without a word",
            "gateway CPU s");
    for (int rate : rates) {
      measure(rate, table);
    }
    return table;
  }

  private void measure(int rate, Table table) throws BenchmarkException {
    try (Gateway gateway = lab.startGateway(List.of("clients.admission-rate=" + rate))) {
      List<String> tokens = lab.tokens(CALLERS + WARM_UP + clients);
      try (var calls = new PacedCalls(gateway, tokens.subList(0, CALLERS), PACE_MS)) {
        lab.progress().say("warming up with " + WARM_UP + " clients");
        storm(gateway, tokens.subList(CALLERS, CALLERS + WARM_UP), false);
        Clock.pause(1_000L * SETTLE_SECONDS); // it is never idle: calls are made
        calls.take();
        Clock.pause(1_000L * BEFORE_SECONDS);
        List<Object> row = new ArrayList<>(List.of(rate == 0 ? "none" : rate));
        Histogram before = calls.take();
        row.add(millis(before, 50));
        row.add(millis(before, 99));
        lab.progress().say(clients + " clients connect, admission rate " + rate);
        double cpu = gateway.figures().cpuSeconds();
        List<Object> result =
            storm(gateway, tokens.subList(CALLERS + WARM_UP, tokens.size()), true);
        cpu = gateway.figures().cpuSeconds() - cpu;
        Histogram during = calls.take();
        row.add(millis(during, 50));
        row.add(millis(during, 99));
        row.add(during.getMaxValue() / NANOS_PER_MILLI);
        row.addAll(result);
        row.add(cpu);
        table.add(row.toArray());
      }
    }
  }

  private List<Object> storm(Target gateway, List<String> tokens, boolean told)
      throws BenchmarkException {
    try (var storm = new Storm(gateway, tokens)) {
      long begin = System.nanoTime();
      storm.breakLoose();
      if (!storm.awaitAllIn(PATIENCE_SECONDS)) {
        throw new BenchmarkException(
            "only %d of %d clients are in after %d s"
                .formatted(storm.in(), tokens.size(), PATIENCE_SECONDS));
      }
      double seconds = Progress.secondsSince(begin);
      if (told) {
        lab.progress().say("all are in after " + Table.written(seconds) + " s");
      }
      return List.of(seconds, storm.meanAttempts(), storm.mostAttempts(), storm.lost());
    }
  }

  private static double millis(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
  }
}
