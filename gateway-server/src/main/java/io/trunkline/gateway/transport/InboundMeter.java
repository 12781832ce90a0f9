package io.trunkline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * First in the pipeline once a proxy's header is read: counts the bytes that come in, which is what
 * liveness means, and throws away what comes after the last word. It also tells the connection that
 * its channel is closed or stuck.
 */
final class InboundMeter extends ChannelInboundHandlerAdapter {
  private final Connection connection;

  InboundMeter(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (connection.isEnding()) {
      ReferenceCountUtil.release(message);
      return;
    }
    connection.read(((ByteBuf) message).readableBytes());
    context.fireChannelRead(message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    connection.writabilityChanged();
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    connection.closed();
    context.fireChannelInactive();
  }
}
