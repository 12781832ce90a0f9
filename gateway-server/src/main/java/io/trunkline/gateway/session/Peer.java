package io.trunkline.gateway.session;

import io.trunkline.gateway.transport.Connection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a client comes from.
 *
 * @param transport as {@code WireFormat.label()}
 * @param remoteAddress {@code address:port}
 */
record Peer(String transport, String remoteAddress) {

  static Peer of(Connection connection) {
    return new Peer(connection.format().label(), written(connection.channel().remoteAddress()));
  }

  private static String written(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
        : String.valueOf(address);
  }
}
