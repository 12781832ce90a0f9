package io.trunkline.protocol;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.trunkline.protocol.v1.Frame;

/** {@link Frame}s to bytes of a TCP connection. What is bytes already passes through. */
@Sharable
public final class FrameEncoder extends ChannelOutboundHandlerAdapter {
  public static final FrameEncoder INSTANCE = new FrameEncoder();

  private FrameEncoder() {}

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    Object bytes =
        message instanceof Frame frame
            ? FrameCodec.encodeDelimited(context.alloc(), frame)
            : message;
    context.write(bytes, promise);
  }
}
