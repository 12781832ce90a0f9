package io.trunkline.gateway.transport;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Response;
import org.jspecify.annotations.Nullable;

/**
 * A connection's way out: frames become bytes, those between two flushes are put together, and what
 * a client does not take waits within bounds. It is a part of {@link Connection} and no object of
 * its own, so that a message costs no step more. All methods are for the connection's event loop
 * only, except where they say otherwise.
 */
public abstract sealed class ConnectionOutput extends DeadlineWheel.Entry permits Connection {
  private final Channel channel;
  private final Lane lane;
  private final int maxOutboundBytes;

  private WireFormat format = WireFormat.TCP;
  private @Nullable ChannelHandlerContext wire;
  private boolean flushPending;
  private @Nullable Backlog backlog;

  private long bytesOut;
  private long messagesOut;
  private long dropped;

  ConnectionOutput(Channel channel, Lane lane, int maxOutboundBytes) {
    this.channel = channel;
    this.lane = lane;
    this.maxOutboundBytes = maxOutboundBytes;
  }

  /** Nothing may be said any more. */
  public abstract boolean isEnding();

  /** A place for what waits, when the client is slow. */
  abstract Backlog newBacklog();

  /**
   * From now on frames look like this; bytes written to {@code wire} reach the socket as they are.
   */
  void speaks(WireFormat newFormat, ChannelHandlerContext newWire) {
    writeGathered();
    format = newFormat;
    wire = newWire;
  }

  /** Where bytes are written to; null before it is known what the client speaks. */
  @Nullable ChannelHandlerContext wire() {
    return wire;
  }

  /** Any thread. */
  public Channel channel() {
    return channel;
  }

  /** Any thread. */
  public Lane lane() {
    return lane;
  }

  public WireFormat format() {
    return format;
  }

  /** Bytes given to the socket so far. */
  public long bytesOut() {
    return bytesOut;
  }

  /** Frames given to the socket so far. */
  public long messagesOut() {
    return messagesOut;
  }

  /** Messages not written because the client was too slow. */
  public long dropped() {
    return dropped;
  }

  /** Bytes that wait for the client to take them. */
  public long pendingBytes() {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    long waiting = pending == null ? 0 : pending.totalPendingWriteBytes();
    waiting += lane.gatherer().bytesOf(this);
    return backlog == null ? waiting : waiting + backlog.bytes();
  }

  /** The client takes less than it is sent: what may wait waits, so that it can give way. */
  boolean isBehind() {
    return backlog != null || !channel.isWritable();
  }

  void waitBehind(Outbound outbound) {
    if (backlog == null) {
      backlog = newBacklog();
    }
    backlog.offer(outbound);
  }

  /** The client takes bytes again: what waited goes, as far as it takes it. */
  void drainBacklog() {
    if (backlog == null) {
      return;
    }
    if (backlog.drain()) {
      flushSoon();
    }
    if (backlog.isEmpty()) {
      backlog = null;
    }
  }

  /** So many more bytes may wait for the client. */
  public boolean hasRoomFor(int bytes) {
    return pendingBytes() + bytes <= maxOutboundBytes;
  }

  void countDropped() {
    dropped++;
  }

  /** Writes a frame; it leaves with the next {@link #flush}. */
  public void send(Frame frame) {
    if (isEnding() || wire == null) {
      return;
    }
    int bytes = format == WireFormat.TCP ? lane.gatherer().add(this, frame) : 0;
    if (bytes == 0) {
      write(format.encode(channel.alloc(), frame), 1);
    } else {
      bytesOut += bytes;
      messagesOut++;
    }
  }

  /**
   * Writes the Response of a call that ended OK, without headers; it leaves with the next flush.
   */
  public void sendResponse(long seq, ByteString payload, String contentType) {
    if (isEnding() || wire == null) {
      return;
    }
    int bytes =
        format == WireFormat.TCP ? lane.gatherer().addResponse(this, seq, payload, contentType) : 0;
    if (bytes == 0) {
      send(
          Frame.newBuilder()
              .setResponse(
                  Response.newBuilder().setSeq(seq).setPayload(payload).setContentType(contentType))
              .build());
    } else {
      bytesOut += bytes;
      messagesOut++;
    }
  }

  /** What has been put together goes to the channel, in its place. */
  void writeGathered() {
    ByteBuf bytes = lane.gatherer().take(this, channel.alloc());
    if (bytes != null && wire != null) {
      wire.write(bytes, channel.voidPromise());
    }
  }

  /** Writes bytes in this connection's format, and releases them. */
  void write(ByteBuf bytes, int messages) {
    writeGathered();
    ChannelHandlerContext to = wire;
    if (to == null) {
      bytes.release();
      return;
    }
    bytesOut += bytes.readableBytes();
    messagesOut += messages;
    to.write(bytes, channel.voidPromise());
  }

  public void flush() {
    flushPending = false;
    writeGathered();
    if (wire != null) {
      wire.flush();
    }
  }

  /**
   * Whether the client keeps up with what it is sent, so that a call has a prospect of being taken
   * soon. What was only not flushed yet is flushed.
   */
  public boolean takesMore() {
    if (isBehind()) {
      flush();
    }
    return !isBehind();
  }

  /** Flushes after what the event loop has already been given to do; many calls are one flush. */
  public void flushSoon() {
    if (markFlushPending()) {
      lane.loop().execute(this::flush);
    }
  }

  /** True the first time since the last flush. */
  boolean markFlushPending() {
    boolean first = !flushPending;
    flushPending = true;
    return first;
  }

  /** Nothing goes any more: what waits, and what was put together, is dropped. */
  void endOutput() {
    if (backlog != null) {
      backlog.clear();
      backlog = null;
    }
    lane.gatherer().discard(this);
  }
}
