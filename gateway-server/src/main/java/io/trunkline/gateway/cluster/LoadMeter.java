package io.trunkline.gateway.cluster;

import com.sun.management.OperatingSystemMXBean;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.persistence.NodeLoad;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Measures what the node has to do, from one question to the next. One thread asks. */
public final class LoadMeter implements Supplier<NodeLoad> {
  /** For event loops that are busy: what they said last then counts. */
  private static final long PATIENCE_MS = 500;

  private final IntSupplier sessions;
  private final List<Lane> lanes;
  private final int processors = Runtime.getRuntime().availableProcessors();
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long measuredNs = System.nanoTime();
  private long cpuNs = system.getProcessCpuTime();
  private long outboundBytes;

  /**
   * @param sessions how many are connected
   * @param lanes whose slow clients count
   */
  public LoadMeter(IntSupplier sessions, List<Lane> lanes) {
    this.sessions = sessions;
    this.lanes = List.copyOf(lanes);
  }

  @Override
  public NodeLoad get() {
    long nowNs = System.nanoTime();
    long usedNs = system.getProcessCpuTime();
    double share =
        (double) (usedNs - cpuNs) / Math.max(1, (nowNs - measuredNs) * (double) processors);
    measuredNs = nowNs;
    cpuNs = usedNs;
    return new NodeLoad(sessions.getAsInt(), Math.clamp(share, 0, 1), outboundBytes());
  }

  private long outboundBytes() {
    try {
      List<CompletableFuture<Long>> asked =
          lanes.stream()
              .map(lane -> CompletableFuture.supplyAsync(lane::slowBytes, lane.loop()))
              .toList();
      CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
          .completeOnTimeout(null, PATIENCE_MS, TimeUnit.MILLISECONDS)
          .join();
      if (asked.stream().allMatch(CompletableFuture::isDone)) {
        outboundBytes = asked.stream().mapToLong(CompletableFuture::join).sum();
      }
    } catch (RejectedExecutionException e) {
      outboundBytes = 0; // the node stops
    }
    return outboundBytes;
  }
}
