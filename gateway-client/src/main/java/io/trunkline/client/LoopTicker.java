package io.trunkline.client;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One timer per event loop, for all its connections. Event loop only. */
final class LoopTicker {
  static final long TICK_MS = 50;

  private static final FastThreadLocal<LoopTicker> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected LoopTicker initialValue() {
          return new LoopTicker();
        }
      };

  /** Something that looks at the clock. */
  interface Member {
    /**
     * @param nowNs {@link System#nanoTime}
     * @return false: not again
     */
    boolean tick(long nowNs);
  }

  private final Set<Member> members = new LinkedHashSet<>();
  private final List<Member> added = new ArrayList<>();
  private boolean scheduled;

  private LoopTicker() {}

  static void add(EventLoop loop, Member member) {
    LoopTicker ticker = OF_THREAD.get();
    ticker.added.add(member);
    ticker.schedule(loop);
  }

  private void schedule(EventLoop loop) {
    if (!scheduled && !loop.isShuttingDown()) {
      scheduled = true;
      var unused = loop.schedule(() -> tick(loop), TICK_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick(EventLoop loop) {
    scheduled = false;
    members.addAll(added);
    added.clear();
    long nowNs = System.nanoTime();
    members.removeIf(member -> !member.tick(nowNs));
    if (!members.isEmpty() || !added.isEmpty()) {
      schedule(loop);
    }
  }
}
