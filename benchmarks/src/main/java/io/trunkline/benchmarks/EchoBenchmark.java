package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** Calls of the built-in echo service by clients that always have so many outstanding. */
final class EchoBenchmark {
  private static final int CONNECTIONS = 64;
  private static final int PAYLOAD_BYTES = 128;
  private static final List<Integer> OUTSTANDING = List.of(1, 32);
  private static final long HIGHEST_NANOS = 10_000_000_000L;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Lab lab;
  private final Sizes sizes;

  EchoBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  static Table table() {
    return new Table(
        "Echo calls (" + CONNECTIONS + " connections, " + PAYLOAD_BYTES + " bytes)",
        "server",
        "outstanding per connection",
        "calls/s",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "server CPU s per million",
        "load generator's");
  }

  void run(Target target, Table table) throws BenchmarkException {
    List<String> tokens = target.handshakes() ? lab.tokens(CONNECTIONS) : List.of();
    for (int outstanding : OUTSTANDING) {
      lab.progress().say("echo, " + target.name() + ", " + outstanding + " outstanding");
      // Closed in the opposite order: requests are released when nobody sends them any more.
      try (var load = new Load(outstanding);
          var swarm = new Swarm(target)) {
        swarm.connect(CONNECTIONS, tokens, load::client);
        swarm.channels().forEach(channel -> channel.eventLoop().execute(() -> load.begin(channel)));
        Clock.pause(1_000L * sizes.warmUpSeconds());
        measure(target, load, table);
        swarm.check();
      }
    }
  }

  private void measure(Target target, Load load, Table table) throws BenchmarkException {
    ProcessFigures self = ProcessFigures.ofThisProcess();
    double serverCpu = target.figures().cpuSeconds();
    double ownCpu = self.cpuSeconds();
    long begin = System.nanoTime();
    load.recording = true;
    Clock.pause(1_000L * sizes.callSeconds());
    load.recording = false;
    double seconds = Progress.secondsSince(begin);
    serverCpu = target.figures().cpuSeconds() - serverCpu;
    ownCpu = self.cpuSeconds() - ownCpu;
    Clock.pause(100); // what was being recorded
    Histogram latencies = load.latencies();
    if (load.failed.sum() > 0) {
      throw new BenchmarkException(load.failed.sum() + " calls were not answered OK");
    }
    double millions = latencies.getTotalCount() / 1e6;
    table.add(
        target.name(),
        load.outstanding,
        latencies.getTotalCount() / seconds,
        latencies.getValueAtPercentile(50) / NANOS_PER_MILLI,
        latencies.getValueAtPercentile(99) / NANOS_PER_MILLI,
        latencies.getValueAtPercentile(99.9) / NANOS_PER_MILLI,
        serverCpu / millions,
        ownCpu / millions);
  }

  private static final class Load implements AutoCloseable {
    private final int outstanding;
    private final ByteBuf[] requests;
    private final Map<Channel, Caller> callers = new ConcurrentHashMap<>();
    private final Map<EventLoop, Histogram> histograms = new ConcurrentHashMap<>();
    private final LongAdder failed = new LongAdder();
    private volatile boolean recording;

    Load(int outstanding) {
      this.outstanding = outstanding;
      this.requests = new ByteBuf[outstanding];
      for (int i = 0; i < outstanding; i++) {
        requests[i] = Wire.echoRequest(i + 1, PAYLOAD_BYTES);
      }
    }

    Swarm.Client client(Channel channel, int index) {
      Histogram histogram =
          histograms.computeIfAbsent(channel.eventLoop(), loop -> new Histogram(HIGHEST_NANOS, 3));
      var caller = new Caller(histogram);
      callers.put(channel, caller);
      return caller;
    }

    void begin(Channel channel) {
      Caller caller = java.util.Objects.requireNonNull(callers.get(channel), "caller");
      ChannelHandlerContext context = channel.pipeline().firstContext();
      for (int seq = 1; seq <= outstanding; seq++) {
        caller.call(context, seq);
      }
      context.flush();
    }

    Histogram latencies() {
      var all = new Histogram(HIGHEST_NANOS, 3);
      histograms.values().forEach(all::add);
      return all;
    }

    @Override
    public void close() {
      for (ByteBuf request : requests) {
        request.release();
      }
    }

    private final class Caller implements Swarm.Client {
      private final Histogram histogram;
      private final long[] calledNanos = new long[outstanding];

      Caller(Histogram histogram) {
        this.histogram = histogram;
      }

      void call(ChannelHandlerContext context, int seq) {
        calledNanos[seq - 1] = System.nanoTime();
        context.write(requests[seq - 1].retainedDuplicate(), context.voidPromise());
      }

      @Override
      public void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
        int seq = Wire.seqOfEcho(in, start);
        if (seq < 1 || seq > outstanding) {
          failed.increment();
          return;
        }
        if (recording) {
          histogram.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - calledNanos[seq - 1]));
        }
        call(context, seq);
      }
    }
  }
}
