package io.trunkline.gateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On the listening channel, before new connections get an event loop: closes those that there is no
 * room for, and takes no more at once than leave each event loop a turn for the clients it has.
 * When the system itself has none, because files or memory have run out, it pauses for a second
 * instead of asking again and again; who wants to connect waits in the kernel meanwhile.
 */
final class AcceptGuard extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(AcceptGuard.class);
  private static final long PAUSE_MILLIS = 1_000;
  private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Accepted before each event loop has had another turn. */
  private static final int BATCH = 64;

  private final ConnectionCounts counts;
  private final List<EventExecutor> loops;
  private int batch;
  private boolean failing;
  private long saidNanos = System.nanoTime() - SAY_NANOS;

  /**
   * @param loops of the connections
   */
  AcceptGuard(ConnectionCounts counts, Iterable<EventExecutor> loops) {
    this.counts = counts;
    this.loops = new ArrayList<>();
    loops.forEach(this.loops::add);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel connection = (Channel) message;
    if (++batch >= BATCH && !loops.isEmpty()) {
      batch = 0;
      pauseForATurn(context);
    }
    if (counts.add(connection)) {
      context.fireChannelRead(message);
    } else {
      connection.unsafe().closeForcibly();
      if (maySpeak()) {
        log.warn(
            "closing new connections at once: {} are open and clients.max-connections is {}",
            counts.open(),
            counts.max());
      }
    }
  }

  private void pauseForATurn(ChannelHandlerContext context) {
    Channel listening = context.channel();
    listening.config().setAutoRead(false);
    var left = new AtomicInteger(loops.size());
    Runnable turnDone =
        () -> {
          if (left.decrementAndGet() == 0) {
            context.executor().execute(() -> goOn(listening));
          }
        };
    try {
      for (EventExecutor loop : loops) {
        // A delay, however short: what is only queued would run before sockets are looked at again.
        var _ = loop.schedule(turnDone, 1, TimeUnit.MILLISECONDS);
      }
    } catch (RejectedExecutionException e) {
      log.debug("no more connections: the event loops stop");
    }
  }

  private void goOn(Channel listening) {
    if (!failing && listening.isOpen()) {
      listening.config().setAutoRead(true);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    counts.acceptFailed();
    if (maySpeak()) {
      log.warn("connections cannot be accepted, pausing for a second: {}", cause.toString());
    }
    Channel listening = context.channel();
    if (!failing) {
      failing = true;
      listening.config().setAutoRead(false);
      var _ =
          context
              .executor()
              .schedule(
                  () -> {
                    failing = false;
                    goOn(listening);
                  },
                  PAUSE_MILLIS,
                  TimeUnit.MILLISECONDS);
    }
  }

  private boolean maySpeak() {
    long now = System.nanoTime();
    boolean may = now - saidNanos >= SAY_NANOS;
    if (may) {
      saidNanos = now;
    }
    return may;
  }
}
