package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of what runs in processes of its own: found out before, so that the error names the setting. */
final class Ports {
  private Ports() {}

  /**
   * The port itself if it can be listened on now; for 0 a free one.
   *
   * @throws StartupException naming the setting if it is taken
   */
  static int check(String setting, int port) throws StartupException {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new StartupException(
          setting + ": port " + port + " on 127.0.0.1 is in use; free it or --set " + setting
              + "=<another>",
          e);
    }
  }
}
