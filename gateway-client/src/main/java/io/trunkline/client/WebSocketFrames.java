package io.trunkline.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.ProtocolException;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;
import io.trunkline.protocol.v1.Frame;
import java.util.List;

/** One binary message is one {@link Frame}. */
final class WebSocketFrames extends MessageToMessageCodec<WebSocketFrame, Frame> {

  @Override
  protected void encode(ChannelHandlerContext context, Frame frame, List<Object> out) {
    out.add(new BinaryWebSocketFrame(FrameCodec.encode(context.alloc(), frame)));
  }

  @Override
  protected void decode(ChannelHandlerContext context, WebSocketFrame message, List<Object> out) {
    if (message instanceof BinaryWebSocketFrame) {
      out.add(
          RequestFrame.unwrap(
              FrameCodec.decode(message.content(), message.content().readableBytes())));
    } else if (message instanceof CloseWebSocketFrame close) {
      // The same numbers as close codes: an Error that only the WebSocket layer could send.
      if (close.statusCode() >= 4000) {
        Error error =
            Error.newBuilder()
                .setCodeValue(close.statusCode())
                .setMessage(close.reasonText())
                .build();
        out.add(Frame.newBuilder().setError(error).build());
      } else {
        context.close();
      }
    } else {
      throw new ProtocolException(CloseCode.MALFORMED_FRAME, "a message that is not binary");
    }
  }
}
