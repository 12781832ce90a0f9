package io.trunkline.benchmarks.calls;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A process that calls a peer's server. Prints {@code ready} when each call has been answered once.
 * Then {@code record} on its standard input starts the counting and is answered by a line; {@code
 * stop} ends it and is answered by {@code calls COUNT P50 P99 P999}, in nanoseconds, or {@code
 * failed REASON}. Ends with its standard input.
 */
public final class LoadProgram {
  private static final long FIRST_ANSWERS_SECONDS = 60;

  private LoadProgram() {}

  /**
   * Does not return.
   *
   * @param args port, connections, outstanding calls of each, bytes of a payload
   */
  public static void run(Peer peer, String... args) throws Exception {
    int port = Integer.parseInt(args[0]);
    int connections = Integer.parseInt(args[1]);
    int outstanding = Integer.parseInt(args[2]);
    int payloadBytes = Integer.parseInt(args[3]);
    var calls = new Calls();
    for (int i = 0; i < connections; i++) {
      calls.begin(peer.connect(port), outstanding, payloadBytes);
    }
    awaitFirstAnswers(calls);
    System.out.println("ready");
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      if (line.equals("record")) {
        calls.record(true);
        System.out.println("recording");
      } else {
        calls.record(false);
        TimeUnit.MILLISECONDS.sleep(100); // what was being recorded
        System.out.println(result(calls));
      }
    }
    System.exit(0);
  }

  private static void awaitFirstAnswers(Calls calls) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FIRST_ANSWERS_SECONDS);
    while (calls.unanswered() > 0) {
      if (calls.failure() != null || System.nanoTime() > end) {
        System.err.println(calls.unanswered() + " calls not answered: " + calls.failure());
        System.exit(1);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static String result(Calls calls) {
    @Nullable Throwable failure = calls.failure();
    if (failure != null) {
      return "failed " + failure;
    }
    Histogram latencies = calls.latencies();
    return "calls "
        + latencies.getTotalCount()
        + " "
        + latencies.getValueAtPercentile(50)
        + " "
        + latencies.getValueAtPercentile(99)
        + " "
        + latencies.getValueAtPercentile(99.9);
  }
}
