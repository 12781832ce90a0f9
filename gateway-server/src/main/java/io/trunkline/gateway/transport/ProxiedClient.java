package io.trunkline.gateway.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.util.NetUtil;
import io.trunkline.protocol.ProtocolException;
import io.trunkline.protocol.v1.CloseCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Takes the client's address from a proxy's header (PROXY protocol, versions 1 and 2), and is gone.
 * A proxy that is trusted must send one: with none, a client could write its own. A connection of
 * the proxy's own, such as a health check (command LOCAL, or UNKNOWN), keeps the proxy's address.
 */
final class ProxiedClient extends SimpleChannelInboundHandler<HAProxyMessage> {
  private final Connection connection;

  ProxiedClient(Connection connection) {
    this.connection = connection;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header) {
    InetSocketAddress client = client(header);
    if (client != null) {
      connection.proxiedFor(client);
    }
    context.pipeline().remove(this);
  }

  private static @Nullable InetSocketAddress client(HAProxyMessage header) {
    AddressFamily family = header.proxiedProtocol().addressFamily();
    if (header.command() != HAProxyCommand.PROXY
        || (family != AddressFamily.AF_IPv4 && family != AddressFamily.AF_IPv6)) {
      return null;
    }
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(header.sourceAddress());
    return address == null ? null : new InetSocketAddress(address, header.sourcePort());
  }

  /** The decoder has closed the connection: nobody who could be told is known. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CodecException) {
      if (!connection.isEnding()) {
        context.fireExceptionCaught(
            new ProtocolException(
                CloseCode.MALFORMED_FRAME,
                "no valid PROXY header, which an address in clients.proxy-protocol-from must send"));
      }
      context.close();
    } else {
      context.fireExceptionCaught(cause);
    }
  }
}
