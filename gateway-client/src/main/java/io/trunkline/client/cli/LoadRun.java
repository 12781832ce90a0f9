package io.trunkline.client.cli;

import io.trunkline.client.TrunklineClient;
import java.time.Duration;
import java.util.List;

/** Connects and calls at given rates. One thread calls {@link #step}. */
final class LoadRun {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String CONTENT_TYPE = "application/octet-stream";

  private final List<TrunklineClient> clients;
  private final CallTarget target;
  private final byte[] payload;
  private final LoadStatistics statistics;
  private final long startedNs = System.nanoTime();
  private int started;
  private long called;

  LoadRun(
      List<TrunklineClient> clients, CallTarget target, byte[] payload, LoadStatistics statistics) {
    this.clients = clients;
    this.target = target;
    this.payload = payload;
    this.statistics = statistics;
  }

  /** Does what is due by now. */
  void step(int connectsPerSecond, int callsPerSecond) {
    double elapsedS = (double) (System.nanoTime() - startedNs) / 1e9;
    long due = Math.min(clients.size(), 1 + (long) (elapsedS * connectsPerSecond));
    while (started < due) {
      var unused = clients.get(started++).connect();
    }
    long callsDue = (long) (elapsedS * callsPerSecond);
    while (called < callsDue) {
      makeCall(clients.get((int) (called++ % started)));
    }
  }

  private void makeCall(TrunklineClient client) {
    long sentNs = System.nanoTime();
    var unused =
        client
            .call(target.service(), target.method(), payload, CONTENT_TYPE, TIMEOUT)
            .thenAccept(result -> statistics.answered(result, System.nanoTime() - sentNs));
  }
}
