package io.trunkline.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** {@code ./trunkline run} with everything, from the start of the command to {@code ready}. */
final class StartupBenchmark {
  private final Lab lab;
  private final Sizes sizes;

  StartupBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  Table run() throws BenchmarkException {
    var table = new Table("Start", "`./trunkline run`, console included", "seconds until `ready`");
    table.add("first start, on an empty data folder", startAndStop());
    List<String> again = new ArrayList<>();
    for (int i = 0; i < sizes.starts(); i++) {
      again.add(Table.written(startAndStop()));
    }
    return table.add("each start after it, on the same data", String.join(", ", again));
  }

  private double startAndStop() throws BenchmarkException {
    String script = JavaProcess.distribution().resolve("../../trunkline").normalize().toString();
    List<String> command = new ArrayList<>(List.of(script, "run"));
    command.addAll(List.of("--data", lab.data().resolveSibling("start").toString()));
    for (String setting :
        List.of(
            "clients.port=0",
            "api.port=0",
            "embedded.jms-port=0",
            "embedded.postgres-port=0",
            "console.port=" + freePort())) {
      command.addAll(List.of("--set", setting));
    }
    try (var process = lab.launch("start", command)) {
      double seconds = process.awaitReady();
      lab.progress().say("ready after " + Table.written(seconds) + " s; stopping it");
      return seconds;
    }
  }

  private static int freePort() throws BenchmarkException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new BenchmarkException("no free port: " + e.getMessage(), e);
    }
  }
}
