package io.trunkline.client.cli;

import io.trunkline.client.ClientState;
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
  private long startedNs;
  private int started;
  private long called;

  LoadRun(
      List<TrunklineClient> clients, CallTarget target, byte[] payload, LoadStatistics statistics) {
    this.clients = clients;
    this.target = target;
    this.payload = payload;
    this.statistics = statistics;
  }

  /** Does what is due by now. The first step is time zero. */
  void step(int connectsPerSecond, int callsPerSecond) {
    long nowNs = System.nanoTime();
    if (started == 0) {
      startedNs = nowNs;
    }
    double elapsedS = (double) (nowNs - startedNs) / 1e9;
    long due = Math.min(clients.size(), 1 + (long) (elapsedS * connectsPerSecond));
    while (started < due) {
      var unused = clients.get(started++).connect();
    }
    long callsDue = (long) (elapsedS * callsPerSecond);
    while (called < callsDue) {
      TrunklineClient client = clients.get((int) (called++ % started));
      // One that is on its way in is left out: its call would only measure that.
      if (client.state() == ClientState.CONNECTED) {
        makeCall(client);
      }
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
