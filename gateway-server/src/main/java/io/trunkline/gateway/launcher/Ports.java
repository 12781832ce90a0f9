package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Ports of what runs in processes of its own: found out before, so that the error names the
 * setting.
 */
final class Ports {
  private Ports() {}

  /** The port itself; for 0 one that is free now. */
  static int free(int port) throws IOException {
    if (port != 0) {
      return port;
    }
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Makes sure that the port can be listened on.
   *
   * @throws StartupException naming the setting if it is taken
   */
  static void check(String setting, int port) throws StartupException {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new StartupException(
          setting
              + ": port "
              + port
              + " on 127.0.0.1 is in use; free it or --set "
              + setting
              + "=<another>",
          e);
    }
  }
}
