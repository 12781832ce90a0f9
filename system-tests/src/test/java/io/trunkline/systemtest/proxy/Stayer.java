package io.trunkline.systemtest.proxy;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;

/** A client that stays although it was told to go, until the test moves it. */
final class Stayer implements AutoCloseable {
  private static final String DEVICE = "till";

  private final int port;
  private final String token;
  private ProxiedClient client;
  private Welcome welcome;

  Stayer(int port, String token) throws IOException {
    this.port = port;
    this.token = token;
    client = new ProxiedClient(port);
    welcome = client.welcomed(token, DEVICE);
  }

  Welcome welcome() {
    return welcome;
  }

  /** Waits for it. */
  GoAway goAway() throws IOException {
    Frame frame = client.next();
    if (!frame.hasGoAway()) {
      throw new AssertionError("not told to go but " + frame);
    }
    return frame.getGoAway();
  }

  boolean isServed() throws IOException {
    return client.answersPings();
  }

  /** Goes on with its session by a new connection. */
  Welcome goesOn() throws IOException {
    client.close();
    client = new ProxiedClient(port);
    ByteString resumeToken = welcome.getResumeToken();
    welcome = client.welcomed(token, DEVICE, resumeToken);
    return welcome;
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
