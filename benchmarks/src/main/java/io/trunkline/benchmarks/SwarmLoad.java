package io.trunkline.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/**
 * Echo calls of the lean client, which builds no objects of what it reads and answers what it read
 * at once with one flush.
 */
final class SwarmLoad implements CallLoad {
  private static final long HIGHEST_NANOS = 10_000_000_000L;
  private static final int DIGITS = 3;

  private final Swarm swarm;
  private final int outstanding;
  private final ByteBuf[] requests;
  private final Map<Channel, Caller> callers = new ConcurrentHashMap<>();
  private final Map<EventLoop, Histogram> histograms = new ConcurrentHashMap<>();
  private final LongAdder failed = new LongAdder();
  private volatile boolean recording;

  /** Connects and begins to call. */
  SwarmLoad(Lab lab, Target target, EchoSize size) throws BenchmarkException {
    this.outstanding = size.outstanding();
    this.requests = new ByteBuf[outstanding];
    for (int i = 0; i < outstanding; i++) {
      requests[i] = Wire.echoRequest(i + 1, EchoSize.PAYLOAD_BYTES);
    }
    this.swarm = new Swarm(target);
    try {
      swarm.connect(
          size.connections(),
          target.handshakes() ? lab.tokens(size.connections()) : java.util.List.of(),
          this::client);
    } catch (BenchmarkException e) {
      close();
      throw e;
    }
    swarm.channels().forEach(channel -> channel.eventLoop().execute(() -> begin(channel)));
  }

  private Swarm.Client client(Channel channel, int index) {
    var caller =
        new Caller(
            histograms.computeIfAbsent(
                channel.eventLoop(), loop -> new Histogram(HIGHEST_NANOS, DIGITS)));
    callers.put(channel, caller);
    return caller;
  }

  private void begin(Channel channel) {
    Caller caller = Objects.requireNonNull(callers.get(channel), "caller");
    ChannelHandlerContext context = channel.pipeline().firstContext();
    for (int seq = 1; seq <= outstanding; seq++) {
      caller.call(context, seq);
    }
    context.flush();
  }

  @Override
  public ProcessFigures figures() throws BenchmarkException {
    return ProcessFigures.ofThisProcess();
  }

  @Override
  public void record() {
    recording = true;
  }

  @Override
  public CallTimes stop() throws BenchmarkException {
    recording = false;
    Clock.pause(100); // what was being recorded
    swarm.check();
    if (failed.sum() > 0) {
      throw new BenchmarkException(failed.sum() + " calls were not answered OK");
    }
    var all = new Histogram(HIGHEST_NANOS, DIGITS);
    histograms.values().forEach(all::add);
    return CallTimes.of(all);
  }

  @Override
  public void close() {
    swarm.close(); // before the requests are released: then nobody sends them any more
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
