package io.trunkline.gateway.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.trunkline.protocol.ProtocolException;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Pong;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session's frames, each to what it asks for. Answers of one read leave in one flush. */
final class SessionHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(SessionHandler.class);

  private final Session session;
  private final SessionFrames frames;
  private SessionFrames.@Nullable Requests requests;

  SessionHandler(Session session, SessionFrames frames) {
    this.session = session;
    this.frames = frames;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (session.state() != SessionState.ACTIVE) {
      return;
    }
    session.countMessageIn();
    if (message instanceof RequestFrame request) {
      take(request);
    } else {
      take((Frame) message);
    }
  }

  private void take(RequestFrame request) {
    if (requests == null) {
      requests = frames.requests(session);
    }
    requests.take(request);
  }

  private void take(Frame frame) {
    switch (frame.getBodyCase()) {
      case ACK -> {
        if (!session.acknowledge(frame.getAck())) {
          frames.strayAck(session, frame.getAck());
        }
      }
      case PING ->
          session.send(
              Frame.newBuilder()
                  .setPong(Pong.newBuilder().setNonce(frame.getPing().getNonce()))
                  .build());
      case PONG -> {} // its bytes were the sign of life
      case BYE -> session.end(CloseCode.CLIENT_BYE, frame.getBye().getReason());
      case REFRESH -> frames.refresh(session, frame.getRefresh());
      case SUBSCRIBE -> frames.subscribe(session, frame.getSubscribe());
      case UNSUBSCRIBE -> frames.unsubscribe(session, frame.getUnsubscribe());
      case RESPONSE -> session.answered(frame.getResponse());
      case HELLO,
          WELCOME,
          NOTIFY,
          ERROR,
          GO_AWAY,
          REFRESHED,
          SUBSCRIBED,
          UNSUBSCRIBED,
          STREAM_START ->
          session.end(
              CloseCode.UNEXPECTED_FRAME,
              "a client does not send " + frame.getBodyCase() + " in a session");
      case BODY_NOT_SET -> {} // of a later version of the protocol
      case REQUEST -> throw new IllegalStateException("a Request that is no RequestFrame");
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    session.connection().readDone();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    switch (cause) {
      case ProtocolException broken -> {
        log.info("{}: {}, {}", session, broken.code(), broken.getMessage());
        session.end(broken.code(), String.valueOf(broken.getMessage()));
      }
      case IOException lost -> context.close();
      default -> {
        log.error("{} failed", session, cause);
        session.end(CloseCode.INTERNAL_ERROR, "the gateway failed");
      }
    }
  }
}
