package io.trunkline.gateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How many connections there are on the clients' port, sessions or not. Any thread. */
public final class ConnectionCounts {
  private final ConnectionLimit limit;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder closedAtOnce = new LongAdder();
  private final LongAdder failedAccepts = new LongAdder();
  private final ChannelFutureListener whenClosed = _ -> open.decrementAndGet();

  ConnectionCounts(ConnectionLimit limit) {
    this.limit = limit;
  }

  /** Connections that stand now. */
  public int open() {
    return open.get();
  }

  /** As many as are taken; who comes beyond is told to come later. */
  public int max() {
    return limit.max();
  }

  /** Connections closed without a word since the start: too many even to answer. */
  public long closedAtOnce() {
    return closedAtOnce.sum();
  }

  /** Times that the system gave no connection that waited, for want of files or memory. */
  public long failedAccepts() {
    return failedAccepts.sum();
  }

  /** Whether this one is counted; if not, there is no room for it. */
  boolean add(Channel connection) {
    if (open.get() >= limit.hardMax()) {
      closedAtOnce.increment();
      return false;
    }
    open.incrementAndGet();
    connection.closeFuture().addListener(whenClosed);
    return true;
  }

  /** Whether there are more than are taken. */
  boolean isOver() {
    return open.get() > limit.max();
  }

  void acceptFailed() {
    failedAccepts.increment();
  }
}
