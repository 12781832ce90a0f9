package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.systemtest.installation.Installation;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A socket to the clients' port, for what no library would send. */
final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 60_000;

  private final Socket socket;

  RawClient(Installation installation) throws IOException {
    URI url = URI.create(installation.clientUrl());
    socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout(TIMEOUT_MS);
  }

  void send(byte... bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void send(Frame frame) throws IOException {
    frame.writeDelimitedTo(socket.getOutputStream());
  }

  void sendHello(String token) throws IOException {
    send(
        Frame.newBuilder()
            .setHello(Hello.newBuilder().setToken(token).setDeviceId("raw").setClientName("raw"))
            .build());
  }

  /** The next frame is a Welcome. */
  void isWelcomed() throws IOException {
    Frame first = Frame.parseDelimitedFrom(socket.getInputStream());
    assertThat(first).as("first frame").isNotNull();
    assertThat(first.hasWelcome()).as("Welcome frame, not " + first).isTrue();
  }

  /** The next frame is an Error with this code, and then the connection ends. */
  void isRefused(CloseCode code) throws IOException {
    Frame last = Frame.parseDelimitedFrom(socket.getInputStream());
    assertThat(last).as("last frame").isNotNull();
    assertThat(last.hasError()).as("Error frame, not " + last).isTrue();
    assertThat(last.getError().getCode()).isEqualTo(code);
    assertThat(last.getError().getMessage()).isNotBlank();
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  /** All that comes until the connection ends. */
  String readAll() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
