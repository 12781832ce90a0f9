package io.trunkline.gateway;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Map;

/** The wire protocol over TCP and nothing more: what is sent and read is up to the test. */
public final class TestClient implements AutoCloseable {
  private static final int READ_TIMEOUT_MS = 60_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private String sessionId = "";

  private TestClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  public static TestClient connect(String host, int port) throws IOException {
    var socket = new Socket(host, port);
    socket.setSoTimeout(READ_TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    return new TestClient(socket);
  }

  /** Connects to the fixture's node and says Hello; the session stands when this returns. */
  public static TestClient login(
      GatewayFixture fixture, String user, String device, Map<String, String> attributes)
      throws IOException {
    TestClient client = connect(fixture.clientHost(), fixture.clientPort());
    client.hello(fixture.token(user), device, attributes);
    Frame answer = client.receive();
    if (!answer.hasWelcome()) {
      throw new IllegalStateException("no Welcome but " + answer);
    }
    client.sessionId = answer.getWelcome().getSessionId();
    return client;
  }

  /** Says Hello; the answer is for the caller to read. */
  public void hello(String token, String device, Map<String, String> attributes)
      throws IOException {
    send(
        Frame.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setToken(token)
                    .setDeviceId(device)
                    .setClientName("test-client")
                    .setClientVersion("1.2.3")
                    .setPlatform("linux")
                    .putAllAttributes(attributes))
            .build());
  }

  /** Says Hello with the resume token of a Welcome; the answer is for the caller to read. */
  public void hello(String token, String device, ByteString resumeToken) throws IOException {
    send(
        Frame.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setToken(token)
                    .setDeviceId(device)
                    .setClientName("test-client")
                    .setClientVersion("1.2.3")
                    .setPlatform("linux")
                    .setResumeToken(resumeToken))
            .build());
  }

  /** The session's id after a login. */
  public String sessionId() {
    return sessionId;
  }

  public void send(Frame frame) throws IOException {
    frame.writeDelimitedTo(out);
    out.flush();
  }

  /** As it is; for a thread that only sends. */
  public void sendBytes(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same, of one frame. */
  public void sendUnchecked(Frame frame) {
    try {
      send(frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next frame; waits for at most ten seconds. */
  public Frame receive() throws IOException {
    Frame frame = Frame.parseDelimitedFrom(in);
    if (frame == null) {
      throw new IOException("the gateway closed the connection");
    }
    return frame;
  }

  /** Acknowledges a notification as delivered. */
  public void ack(String messageId) throws IOException {
    send(Frame.newBuilder().setAck(Ack.newBuilder().setMessageId(messageId)).build());
  }

  /** The connection is gone, without a Bye. */
  public void hangUp() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
