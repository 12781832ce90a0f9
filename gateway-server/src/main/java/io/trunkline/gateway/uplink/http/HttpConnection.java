package io.trunkline.gateway.uplink.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import io.helidon.common.socket.TlsSocket;
import io.helidon.webclient.api.ClientConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/**
 * A connection that Helidon's client works on. Ours instead of its own, for what that does not do:
 * an exchange has one deadline, not a time-out for each read; what it may receive is bounded,
 * whatever the other side calls a chunk or a header; it is closed after every kind of nonsense; and
 * an idle one is looked at before it is used again. Used by one thread at a time.
 */
final class HttpConnection implements ClientConnection {
  private final SocketChannel channel;
  private final Socket socket;
  private final HelidonSocket wire;
  private final DataReader reader = DataReader.create(this::receive);
  private final DataWriter writer = new Writer();

  private boolean reused;
  private boolean closed;
  private long idleSinceNanos;
  private long deadlineNanos;
  private long maxBytes;
  private long received;

  /** More came than may come. */
  static final class TooMuchException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private HttpConnection(SocketChannel channel, Socket socket, HelidonSocket wire) {
    this.channel = channel;
    this.socket = socket;
    this.wire = wire;
  }

  /**
   * Connects; blocks.
   *
   * @throws IOException if that did not work in time
   */
  static HttpConnection open(Endpoint endpoint, InetSocketAddress address, long timeoutNanos)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    boolean done = false;
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Socket socket = channel.socket();
      int timeoutMs = millis(timeoutNanos);
      socket.connect(address, timeoutMs);
      String id = "uplink-" + socket.getLocalPort();
      HelidonSocket wire;
      if (endpoint.tls().isPresent()) {
        socket.setSoTimeout(timeoutMs);
        SSLSocket secure =
            endpoint
                .tls()
                .get()
                .createSocket(
                    List.of("http/1.1"),
                    socket,
                    InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port()));
        secure.startHandshake();
        socket = secure;
        wire = TlsSocket.client(secure, id);
      } else {
        wire = PlainSocket.client(socket, id);
      }
      done = true;
      return new HttpConnection(channel, socket, wire);
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  /** Rounded up, so that time is up afterwards; at least 1, for zero would be for ever. */
  private static int millis(long nanos) {
    return Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, 1, Integer.MAX_VALUE);
  }

  /** Before an exchange. */
  HttpConnection begin(long newDeadlineNanos, long newMaxBytes) {
    deadlineNanos = newDeadlineNanos;
    maxBytes = newMaxBytes;
    received = 0;
    return this;
  }

  /** After an exchange that left nothing behind. */
  void idle() {
    reused = true;
    idleSinceNanos = System.nanoTime();
  }

  /** For so long; nanoseconds. */
  long idleNanos() {
    return System.nanoTime() - idleSinceNanos;
  }

  /** Whether it has served an exchange before. */
  boolean reused() {
    return reused;
  }

  /** Whether the exchange's deadline has passed. */
  boolean late() {
    return deadlineNanos - System.nanoTime() <= 0;
  }

  /** Whether anything has come in this exchange. */
  boolean heard() {
    return received > 0;
  }

  /** Whether something came that is not part of the answer. */
  boolean leftOver() {
    return reader.available() > 0;
  }

  /**
   * Whether the other side has neither closed it nor said anything unasked, which would be taken
   * for the next answer.
   */
  boolean quiet() {
    if (closed) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      try {
        return channel.read(ByteBuffer.allocate(1)) == 0;
      } finally {
        channel.configureBlocking(true);
      }
    } catch (IOException e) {
      return false;
    }
  }

  private byte @org.jspecify.annotations.Nullable [] receive() {
    long leftNanos = deadlineNanos - System.nanoTime();
    try {
      if (leftNanos <= 0) {
        throw new SocketTimeoutException("the call's time is up");
      }
      socket.setSoTimeout(millis(leftNanos));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = wire.get();
    if (bytes != null) {
      received += bytes.length;
      if (received > maxBytes) {
        throw new TooMuchException();
      }
    }
    return bytes;
  }

  private final class Writer implements DataWriter {
    @Override
    public void write(BufferData... buffers) {
      for (BufferData buffer : buffers) {
        wire.write(buffer);
      }
    }

    @Override
    public void write(BufferData buffer) {
      wire.write(buffer);
    }

    @Override
    public void writeNow(BufferData... buffers) {
      write(buffers);
    }

    @Override
    public void writeNow(BufferData buffer) {
      wire.write(buffer);
    }
  }

  @Override
  public DataReader reader() {
    return reader;
  }

  @Override
  public DataWriter writer() {
    return writer;
  }

  @Override
  public String channelId() {
    return wire.socketId();
  }

  @Override
  public HelidonSocket helidonSocket() {
    return wire;
  }

  /** The deadline counts instead. */
  @Override
  public void readTimeout(Duration readTimeout) {}

  @Override
  public boolean isConnected() {
    return !closed;
  }

  /** Decided by who has the exchange, not by the client. */
  @Override
  public void releaseResource() {}

  @Override
  public void closeResource() {
    closed = true;
    try {
      // Not the TLS socket: that would wait to say good-bye to somebody who may not listen.
      channel.close();
    } catch (IOException e) {
      return; // it is gone either way
    }
  }
}
