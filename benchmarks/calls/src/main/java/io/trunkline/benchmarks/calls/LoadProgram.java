package io.trunkline.benchmarks.calls;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A process that calls a peer's server on connections that stay open. Prints {@code ready}, then
 * answers each line of its standard input by a line:
 *
 * <ul>
 *   <li>{@code begin N}: so many calls of each connection go round, and each was answered once
 *   <li>{@code record}: answers count from now on
 *   <li>{@code stop}: they count no more; the answer is {@code calls COUNT P50 P99 P999}, in
 *       nanoseconds
 *   <li>{@code end}: no call is under way any more
 * </ul>
 *
 * <p>What did not work is answered {@code failed REASON}. Ends with its standard input.
 */
public final class LoadProgram {
  private static final long PATIENCE_SECONDS = 20;
  private static final String DONE = "done";

  private final List<Peer.Line> lines = new ArrayList<>();
  private final int payloadBytes;
  private Calls calls = new Calls();

  private LoadProgram(int payloadBytes) {
    this.payloadBytes = payloadBytes;
  }

  /**
   * Does not return.
   *
   * @param args port, connections, bytes of a payload
   */
  public static void run(Peer peer, String... args) throws Exception {
    int port = Integer.parseInt(args[0]);
    var program = new LoadProgram(Integer.parseInt(args[2]));
    for (int i = Integer.parseInt(args[1]); i > 0; i--) {
      program.lines.add(peer.connect(port));
    }
    System.out.println("ready");
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      System.out.println(program.obey(line));
    }
    System.exit(0);
  }

  private String obey(String order) throws InterruptedException {
    String[] words = order.split(" ", -1);
    return switch (words[0]) {
      case "begin" -> begin(Integer.parseInt(words[1]));
      case "record" -> {
        calls.record(true);
        yield DONE;
      }
      case "stop" -> stop();
      case "end" -> {
        calls.end();
        yield awaitNone(calls::underWay);
      }
      default -> "failed unknown order " + order;
    };
  }

  private String begin(int outstanding) throws InterruptedException {
    calls = new Calls();
    lines.forEach(line -> calls.begin(line, outstanding, payloadBytes));
    return awaitNone(calls::unanswered);
  }

  private String awaitNone(IntSupplier left) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (left.getAsInt() > 0) {
      if (calls.failure() != null || System.nanoTime() > end) {
        return "failed " + left.getAsInt() + " calls were not answered: " + calls.failure();
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return DONE;
  }

  private String stop() {
    calls.record(false);
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
