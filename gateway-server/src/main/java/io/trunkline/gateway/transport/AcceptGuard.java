package io.trunkline.gateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On the listening channel, before new connections get an event loop: closes those that there is no
 * room for. When the system itself has none, because files or memory have run out, it pauses for a
 * second instead of asking again and again; who wants to connect waits in the kernel meanwhile.
 */
final class AcceptGuard extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(AcceptGuard.class);
  private static final long PAUSE_MILLIS = 1_000;
  private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ConnectionCounts counts;
  private long saidNanos = System.nanoTime() - SAY_NANOS;

  AcceptGuard(ConnectionCounts counts) {
    this.counts = counts;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel connection = (Channel) message;
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

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    counts.acceptFailed();
    if (maySpeak()) {
      log.warn("connections cannot be accepted, pausing for a second: {}", cause.toString());
    }
    Channel listening = context.channel();
    if (listening.config().isAutoRead()) {
      listening.config().setAutoRead(false);
      var _ =
          context
              .executor()
              .schedule(
                  () -> listening.config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
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
