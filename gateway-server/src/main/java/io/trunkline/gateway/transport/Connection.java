package io.trunkline.gateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;
import io.trunkline.protocol.v1.Frame;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection, owned by its event loop: all methods are for that loop only, except where
 * they say otherwise. It goes from its handshake (an absolute deadline) to open (a deadline that
 * inbound bytes move) to closing (a last word, and a short time to take it).
 */
public final class Connection extends ConnectionOutput {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private enum Phase {
    HANDSHAKE,
    OPEN,
    CLOSING,
    CLOSED
  }

  /** Time-outs in ticks of the sweep. */
  record Deadlines(
      long tickMillis, int handshakeTicks, int livenessTicks, int slowTicks, int lingerTicks) {}

  private final Deadlines deadlines;
  private final long openedTick;

  private Phase phase = Phase.HANDSHAKE;
  private @Nullable SocketAddress clientAddress;
  private boolean mayBeProbe;
  private boolean surplus;
  private @Nullable ConnectionOwner owner;
  private int laneIndex = -1;
  private long lastReadTick;
  private long readNanos;
  private long unwritableSinceTick = -1;
  private long expiryTick = Long.MAX_VALUE;
  private long closingTick;
  private long bytesIn;

  Connection(Channel channel, Lane lane, Deadlines deadlines, int maxOutboundBytes) {
    super(channel, lane, maxOutboundBytes);
    this.deadlines = deadlines;
    this.openedTick = lane.wheel().tick();
    lane.wheel().place(this);
  }

  /** It comes from a proxy: until that says for whom, it may be no client but a health check. */
  void fromProxy() {
    mayBeProbe = true;
  }

  /** The proxy says whose connection this is. */
  void proxiedFor(SocketAddress client) {
    clientAddress = client;
    mayBeProbe = false;
  }

  void markSurplus() {
    surplus = true;
  }

  /** When it came there were as many connections already as may be. */
  public boolean isSurplus() {
    return surplus;
  }

  /**
   * Where the client is: what a trusted proxy said, else the other end of the socket. Null when
   * that was closed too soon to know.
   */
  public @Nullable SocketAddress remoteAddress() {
    return clientAddress != null ? clientAddress : channel().remoteAddress();
  }

  /** The handshake is done: the owner is told of the end, and broadcasts come. */
  public void open(ConnectionOwner newOwner) {
    if (phase != Phase.HANDSHAKE) {
      throw new IllegalStateException("opened while " + phase);
    }
    phase = Phase.OPEN;
    owner = newOwner;
    lastReadTick = lane().wheel().tick();
    lane().added(this);
    lane().wheel().place(this);
  }

  /** The owner's right to the connection ends then, unless this is called again before. */
  public void expiresIn(Duration left) {
    expiryTick = lane().wheel().tick() + Math.max(1, left.toMillis() / deadlines.tickMillis());
    if (phase == Phase.OPEN) {
      lane().wheel().place(this);
    }
  }

  /** The connection is between its handshake and its end. */
  public boolean isOpen() {
    return phase == Phase.OPEN;
  }

  @Override
  public boolean isEnding() {
    return phase == Phase.CLOSING || phase == Phase.CLOSED;
  }

  @Override
  Backlog newBacklog() {
    return new Backlog(this);
  }

  /** The session whose connection this is; null before the handshake is done. */
  public @Nullable ConnectionOwner owner() {
    return owner;
  }

  /** Bytes read from the socket so far. */
  public long bytesIn() {
    return bytesIn;
  }

  /**
   * When the last bytes came, and with them the frames that are being dealt with; on the scale of
   * {@link System#nanoTime}.
   */
  public long readNanos() {
    return readNanos;
  }

  /**
   * What was read has been dealt with: the answers leave. A client that asks and does not take the
   * answers is not read any further until it does, or is closed for being slow.
   */
  public void readDone() {
    flush();
    if (phase == Phase.OPEN && !channel().isWritable() && !hasRoomFor(0)) {
      channel().config().setAutoRead(false);
    }
  }

  /**
   * Says why and ends the connection: an {@code Error} frame, the WebSocket's close frame, then the
   * end of our direction. What the client still sends is read and thrown away for a short time, so
   * that it takes the last word before it sees the end (a socket closed over unread input is
   * reset).
   */
  public void close(CloseCode code, String message, int retryAfterMs) {
    close(code, message, retryAfterMs, "");
  }

  /**
   * The same, with another place to go.
   *
   * @param address as {@code GoAway.address}; empty: none
   */
  public void close(CloseCode code, String message, int retryAfterMs, String address) {
    if (isEnding()) {
      return;
    }
    ChannelHandlerContext to = wire();
    if (to == null) {
      channel().close();
      return;
    }
    send(
        Frame.newBuilder()
            .setError(
                Error.newBuilder()
                    .setCode(code)
                    .setMessage(message)
                    .setRetryAfterMs(retryAfterMs)
                    .setAddress(address))
            .build());
    writeGathered();
    ending(Phase.CLOSING);
    channel().config().setAutoRead(true);
    to.writeAndFlush(format().encodeClose(channel().alloc(), code.getNumber(), message))
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (written.isSuccess() && channel() instanceof DuplexChannel duplex) {
                    duplex.shutdownOutput();
                  } else {
                    channel().close();
                  }
                });
    closingTick = lane().wheel().tick() + deadlines.lingerTicks();
    lane().wheel().place(this);
  }

  private void ending(Phase next) {
    phase = next;
    lane().removed(this);
    lane().isSlow(this, false);
    lane().wheel().remove(this);
    endOutput();
  }

  void read(int bytes) {
    bytesIn += bytes;
    lastReadTick = lane().wheel().tick();
    readNanos = System.nanoTime();
  }

  void writabilityChanged() {
    unwritableSinceTick = channel().isWritable() ? -1 : lane().wheel().tick();
    if (phase == Phase.OPEN) {
      lane().wheel().place(this);
      if (unwritableSinceTick < 0) {
        if (!channel().config().isAutoRead()) {
          channel().config().setAutoRead(true); // see readDone()
        }
        drainBacklog();
      }
      lane().isSlow(this, isBehind());
      if (owner != null && unwritableSinceTick < 0) {
        owner.writable(this);
      }
    }
  }

  /** The channel is closed, whoever closed it. */
  void closed() {
    if (phase != Phase.CLOSED) {
      boolean lost = phase == Phase.OPEN;
      ending(Phase.CLOSED);
      if (lost && owner != null) {
        owner.connectionLost(this);
      }
    }
  }

  @Override
  long deadlineTick() {
    return switch (phase) {
      case HANDSHAKE -> openedTick + deadlines.handshakeTicks();
      case OPEN -> {
        long silent = Math.min(expiryTick, lastReadTick + deadlines.livenessTicks());
        yield unwritableSinceTick < 0
            ? silent
            : Math.min(silent, unwritableSinceTick + deadlines.slowTicks());
      }
      case CLOSING -> closingTick;
      case CLOSED -> Long.MAX_VALUE;
    };
  }

  void deadlineReached() {
    switch (phase) {
      case HANDSHAKE -> handshakeTimedOut();
      case OPEN -> {
        if (owner == null) {
          return;
        }
        if (expiryTick <= lane().wheel().tick()) {
          owner.end(CloseCode.TOKEN_EXPIRED, "the token has expired and was not refreshed");
        } else if (unwritableSinceTick >= 0) {
          owner.end(CloseCode.SLOW_CONSUMER, "messages waited too long to be taken");
        } else {
          owner.end(CloseCode.LIVENESS_TIMEOUT, "nothing heard for too long");
        }
      }
      case CLOSING, CLOSED -> channel().close();
    }
  }

  private void handshakeTimedOut() {
    if (bytesIn == 0 && mayBeProbe) {
      channel().close();
      return;
    }
    if (bytesIn == 0) {
      // A WebSocket client would have begun by now, so these are TCP frames to anybody who reads.
      speaks(
          WireFormat.TCP,
          Objects.requireNonNull(channel().pipeline().context(InboundMeter.class), "meter"));
    }
    String told = "no complete Hello within the handshake time-out";
    log.info("refused {}: HANDSHAKE_TIMEOUT, {}", remoteAddress(), told);
    close(CloseCode.HANDSHAKE_TIMEOUT, told, 0);
  }

  int laneIndex() {
    return laneIndex;
  }

  void laneIndex(int index) {
    laneIndex = index;
  }
}
