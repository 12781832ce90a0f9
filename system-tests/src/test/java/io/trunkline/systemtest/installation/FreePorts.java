package io.trunkline.systemtest.installation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/** Ports that stay free while nobody listens on them. */
public final class FreePorts {
  /**
   * Below the range that Linux takes outgoing connections' ports from (32768 up): a client that
   * tries to reach a stopped server there can end up connected to itself.
   */
  private static final int FIRST = 15_000;

  private static final int LAST = 32_000;

  private FreePorts() {}

  public static int take() {
    while (true) {
      int port = RandomGenerator.getDefault().nextInt(FIRST, LAST);
      if (isFree(port)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
