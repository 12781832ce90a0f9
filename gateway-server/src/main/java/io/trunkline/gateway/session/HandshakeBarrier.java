package io.trunkline.gateway.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.protocol.FrameDecoder;
import io.trunkline.protocol.ProtocolException;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets only a Hello through. While it is decided on nothing more is read; frames that came in the
 * same read are held. Then the session's handler takes this one's place. PROTOCOL.md, Handshake.
 */
public final class HandshakeBarrier extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(HandshakeBarrier.class);

  /** Frames that came behind the Hello before its answer; more is no client of ours. */
  private static final int MAX_HELD = 64;

  private final Connection connection;
  private final Handshakes handshakes;
  private final Welcomer welcomer;
  private final Queue<Object> held = new ArrayDeque<>(0);
  private boolean deciding;

  public HandshakeBarrier(Connection connection, Handshakes handshakes, Welcomer welcomer) {
    this.connection = connection;
    this.handshakes = handshakes;
    this.welcomer = welcomer;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (connection.isEnding()) {
      return;
    }
    if (deciding) {
      held.add(message);
      if (held.size() > MAX_HELD) {
        refuse(CloseCode.UNEXPECTED_FRAME, "too many frames before Welcome", "", 0);
      }
    } else if (message instanceof Frame frame && frame.hasHello()) {
      int waitMs = handshakes.untilItsTurnMs(frame.getHello(), connection.isSurplus());
      if (waitMs > 0) {
        connection.close(CloseCode.OVERLOADED, "too many clients want to connect now", waitMs);
        return;
      }
      deciding = true;
      context.channel().config().setAutoRead(false);
      handshakes.decide(
          frame.getHello(), Peer.of(connection), admission -> decided(context, frame, admission));
    } else {
      refuse(CloseCode.HELLO_EXPECTED, "the first frame must be Hello", "", 0);
    }
  }

  /** On the thread that decided. */
  private void decided(ChannelHandlerContext context, Frame frame, Admission admission) {
    try {
      context.executor().execute(() -> act(context, frame, admission));
    } catch (RejectedExecutionException e) {
      welcomer.notTaken(frame.getHello(), admission); // the node stops
    }
  }

  private void act(ChannelHandlerContext context, Frame frame, Admission admission) {
    if (connection.isEnding() || !context.channel().isActive()) {
      welcomer.notTaken(frame.getHello(), admission);
      return;
    }
    switch (admission) {
      case Admission.Refused refused -> refuse(refused);
      case Admission.Admitted admitted -> {
        FrameDecoder decoder = context.pipeline().get(FrameDecoder.class);
        if (decoder != null) {
          decoder.maxFrameBytes(welcomer.maxFrameBytes());
        }
        SessionHandler handler = welcomer.welcome(connection, frame.getHello(), admitted);
        if (connection.isEnding()) {
          return; // a later attach of the session was here first
        }
        context.pipeline().replace(this, "session", handler);
        ChannelHandlerContext successor = context.pipeline().context(handler);
        for (Object early = held.poll(); early != null; early = held.poll()) {
          handler.channelRead(successor, early);
        }
        connection.flush();
        context.channel().config().setAutoRead(true);
      }
    }
  }

  private void refuse(CloseCode code, String told, String logged, int retryAfterMs) {
    refuse(new Admission.Refused(code, told, logged, retryAfterMs));
  }

  private void refuse(Admission.Refused refused) {
    held.clear();
    handshakes.countRefused();
    log.info(
        "refused {}: {}, {}{}",
        connection.remoteAddress(),
        refused.code(),
        refused.told(),
        refused.logged().isEmpty() ? "" : " (" + refused.logged() + ")");
    connection.close(refused.code(), refused.told(), refused.retryAfterMs(), refused.address());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    switch (cause) {
      case ProtocolException broken ->
          refuse(broken.code(), String.valueOf(broken.getMessage()), "", 0);
      case IOException lost -> context.close();
      default -> {
        log.error("handshake of {}", connection.remoteAddress(), cause);
        refuse(CloseCode.INTERNAL_ERROR, "the gateway failed", "", 0);
      }
    }
  }
}
