package io.trunkline.gateway.session;

import io.trunkline.gateway.transport.Connection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a client comes from.
 *
 * @param transport as {@code WireFormat.label()}
 * @param remoteAddress {@code address:port}
 * @param there whether its connection still stands
 */
record Peer(String transport, String remoteAddress, BooleanSupplier there) {

  static Peer of(Connection connection) {
    return new Peer(
        connection.format().label(),
        written(connection.remoteAddress()),
        connection.channel()::isActive);
  }

  private static String written(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
        : String.valueOf(address);
  }
}
