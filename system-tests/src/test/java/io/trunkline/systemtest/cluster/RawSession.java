package io.trunkline.systemtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a session, by hand: it never gives up by itself, so that only the node can end
 * it. Sends a sign of life each second, and acknowledges what is for its user. Thread-safe.
 */
final class RawSession implements AutoCloseable {
  /** Selects all of them, and nobody else. */
  static final String AUDIENCE = "hand = 'yes'";

  /** To be granted by the token. */
  static final Map<String, String> ATTRIBUTES = Map.of("hand", "yes");

  private static final long PING_MS = 1_000;
  private static final int HANDSHAKE_TIMEOUT_MS = 60_000;

  private final Socket socket;
  private final Welcome welcome;
  private final Queue<Frame> frames = new ConcurrentLinkedQueue<>();
  private volatile long endedNs;
  private volatile boolean closed;

  RawSession(String url, String token, @Nullable ByteString resume) throws IOException {
    URI node = URI.create(url);
    socket = new Socket(InetAddress.getLoopbackAddress(), node.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(HANDSHAKE_TIMEOUT_MS);
    Hello.Builder hello =
        Hello.newBuilder().setToken(token).setDeviceId("raw").setClientName("raw");
    if (resume != null) {
      hello.setResumeToken(resume);
    }
    send(Frame.newBuilder().setHello(hello).build());
    Frame first = Frame.parseDelimitedFrom(socket.getInputStream());
    assertThat(first).as("first frame").isNotNull();
    assertThat(first.hasWelcome()).as("Welcome, not " + first).isTrue();
    welcome = first.getWelcome();
    socket.setSoTimeout(0);
    Thread.ofVirtual().start(this::read);
    Thread.ofVirtual().start(this::beat);
  }

  Welcome welcome() {
    return welcome;
  }

  String id() {
    return welcome.getSessionId();
  }

  synchronized void send(Frame frame) throws IOException {
    frame.writeDelimitedTo(socket.getOutputStream());
  }

  private void read() {
    try {
      for (Frame frame = Frame.parseDelimitedFrom(socket.getInputStream());
          frame != null;
          frame = Frame.parseDelimitedFrom(socket.getInputStream())) {
        frames.add(frame);
        if (frame.hasNotify()) {
          acknowledge(frame.getNotify());
        }
      }
    } catch (IOException e) {
      closed = true; // an end all the same
    }
    endedNs = System.nanoTime();
    closed = true;
  }

  /** Not what is for everybody: who is in the books would have to know of it. */
  private void acknowledge(Notify message) throws IOException {
    if (message.getExpect() == Expect.ACK && message.getStream().equals("user")) {
      send(
          Frame.newBuilder()
              .setAck(
                  Ack.newBuilder()
                      .setMessageId(message.getMessageId())
                      .setStream(message.getStream())
                      .setEpoch(message.getEpoch())
                      .setOffset(message.getOffset()))
              .build());
    }
  }

  private void beat() {
    try {
      while (!closed) {
        TimeUnit.MILLISECONDS.sleep(PING_MS);
        send(Frame.newBuilder().setPing(Ping.getDefaultInstance()).build());
      }
    } catch (IOException e) {
      return; // the reader says when it ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All messages that came so far. */
  List<Notify> messages() {
    return frames.stream().filter(Frame::hasNotify).map(Frame::getNotify).toList();
  }

  /** Ids of those for its user alone, in their order. */
  List<String> ownMessages() {
    return messages().stream()
        .filter(message -> message.getStream().equals("user"))
        .map(Notify::getMessageId)
        .toList();
  }

  /** How often the node has answered a sign of life. */
  long pongs() {
    return frames.stream().filter(Frame::hasPong).count();
  }

  /** The last frame that came, for a person. */
  String lastFrame() {
    return frames.stream().reduce((earlier, later) -> later).map(Frame::toString).orElse("none");
  }

  boolean isEnded() {
    return closed;
  }

  /** By {@link System#nanoTime}. */
  long endedNs() {
    return endedNs;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
