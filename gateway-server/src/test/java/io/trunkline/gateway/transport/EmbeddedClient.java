package io.trunkline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelId;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.v1.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A client on the other end of the real pipeline, without a socket: bytes in, bytes out, time by
 * hand. Ticks: handshake 4, liveness 10, slow 6, linger 2.
 */
public final class EmbeddedClient {
  public static final int HANDSHAKE_TICKS = 4;
  public static final int LIVENESS_TICKS = 10;

  private static final Connection.Deadlines DEADLINES =
      new Connection.Deadlines(250, HANDSHAKE_TICKS, LIVENESS_TICKS, 6, 2);
  private static final int MAX_OUTBOUND = 4_096;

  private final EmbeddedChannel channel;
  private final Lane lane;
  private final Connection connection;

  public EmbeddedClient(Function<Connection, ChannelHandler> barrier) {
    this(barrier, false);
  }

  /** Connects from an address of a proxy that is trusted. */
  public static EmbeddedClient fromProxy(Function<Connection, ChannelHandler> barrier) {
    return new EmbeddedClient(barrier, true);
  }

  private EmbeddedClient(Function<Connection, ChannelHandler> barrier, boolean fromProxy) {
    ChannelId id = DefaultChannelId.newInstance();
    channel = new EmbeddedChannel(id);
    lane = new Lane(channel.eventLoop(), UnpooledByteBufAllocator.DEFAULT);
    connection = new Connection(channel, lane, DEADLINES, MAX_OUTBOUND);
    if (fromProxy) {
      ClientPipeline.installProxyHeader(channel, connection);
    }
    ClientPipeline.install(channel, connection, 1 << 16, barrier);
  }

  public Lane lane() {
    return lane;
  }

  public Connection connection() {
    return connection;
  }

  public boolean isConnected() {
    return channel.isOpen();
  }

  public void send(Frame frame) {
    sendBytes(FrameCodec.encodeDelimited(channel.alloc(), frame));
  }

  public void sendBytes(ByteBuf bytes) {
    channel.writeInbound(bytes);
    run();
  }

  /** Runs what the event loop has been given to do. */
  public void run() {
    channel.runPendingTasks();
  }

  public void ticks(int count) {
    for (int i = 0; i < count; i++) {
      lane.sweep();
      run();
    }
  }

  public void disconnect() {
    channel.close();
    run();
  }

  /** Buffers that were written to the socket: how many writes there were. */
  public int writesWaiting() {
    return channel.outboundMessages().size();
  }

  /** Frames that have come since the last call. */
  public List<Frame> received() {
    run();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
      all.writeBytes(bytes);
      bytes.release();
    }
    List<Frame> frames = new ArrayList<>();
    try (var in = new ByteBufInputStream(all, /* releaseOnClose= */ true)) {
      for (Frame f = Frame.parseDelimitedFrom(in); f != null; f = Frame.parseDelimitedFrom(in)) {
        frames.add(f);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("not whole frames", e);
    }
    return frames;
  }

  /** Everything is given back; a leak is then reported by Netty's detector. */
  public void finish() {
    channel.finishAndReleaseAll();
  }
}
