package io.trunkline.systemtest.proxy;

import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client on a socket that comes from an address of its own. */
final class ProxiedClient implements AutoCloseable {
  /** The proxy itself comes from 127.0.0.1. */
  static final String ADDRESS = "127.0.0.2";

  private static final int TIMEOUT_MS = 60_000;

  private final Socket socket = new Socket();

  ProxiedClient(int port) throws IOException {
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(ADDRESS), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
    socket.setSoTimeout(TIMEOUT_MS);
  }

  /** {@code address:port} on its side. */
  String address() {
    return ADDRESS + ":" + socket.getLocalPort();
  }

  Frame hello(String token, String device) throws IOException {
    send(
        Frame.newBuilder()
            .setHello(Hello.newBuilder().setToken(token).setDeviceId(device).setClientName("raw"))
            .build());
    return next();
  }

  Welcome welcomed(String token, String device) throws IOException {
    Frame answer = hello(token, device);
    if (!answer.hasWelcome()) {
      throw new AssertionError("not welcomed but " + answer);
    }
    return answer.getWelcome();
  }

  /** Whether the connection stands. */
  boolean answersPings() throws IOException {
    send(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(7)).build());
    return next().getPong().getNonce() == 7;
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  private void send(Frame frame) throws IOException {
    frame.writeDelimitedTo(socket.getOutputStream());
  }

  Frame next() throws IOException {
    Frame frame = Frame.parseDelimitedFrom(socket.getInputStream());
    if (frame == null) {
      throw new IOException("the connection has ended");
    }
    return frame;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
