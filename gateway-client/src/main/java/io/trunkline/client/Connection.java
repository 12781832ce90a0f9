package io.trunkline.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.trunkline.invocation.OutboundCalls;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.Bye;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Welcome;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection, from Hello to its end: the last handler of its pipeline. Event loop only. */
final class Connection extends ChannelInboundHandlerAdapter implements LoopTicker.Member {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** The gateway closes after a Bye; when it does not, this side does after so long. */
  private static final long BYE_PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);

  private static final int CLIENT_BYE = CloseCode.CLIENT_BYE.getNumber();

  /** What a connection tells the client, on the event loop. */
  interface Owner {
    void welcomed(Connection connection, Welcome welcome);

    void notified(Notify notify);

    /** A stream has a gap in mid-connection. */
    void streamStarted(StreamStart start);

    void goAway(Connection connection, GoAway goAway);

    /** Once for each connection that was active. */
    void closed(Connection connection, Closing closing);
  }

  /** Makes what is asked and answered on a connection. */
  interface Exchanging {
    Exchanges on(OutboundCalls.Line line);
  }

  private final Endpoint endpoint;
  private final Hello hello;
  private final ClientOptions options;
  private final Owner owner;
  private final Exchanges exchanges;
  private final Heartbeat heartbeat = new Heartbeat();

  private @Nullable ChannelHandlerContext context;
  private @Nullable Closing closing;
  private @Nullable Closing leaving;
  private boolean welcomed;
  private boolean ended;

  /** The handshake's, then the one of leaving. */
  private @Nullable Long deadlineNs;

  Connection(
      Endpoint endpoint, Hello hello, ClientOptions options, Owner owner, Exchanging exchanging) {
    this.endpoint = endpoint;
    this.hello = hello;
    this.options = options;
    this.owner = owner;
    exchanges = exchanging.on(new Line());
  }

  Exchanges exchanges() {
    return exchanges;
  }

  /** This connection as those see it who use it. */
  private final class Line implements OutboundCalls.Line {
    @Override
    public boolean open() {
      return welcomed && !ended && closing == null && leaving == null && context != null;
    }

    @Override
    public boolean writable() {
      return context != null && context.channel().isWritable();
    }

    @Override
    public boolean send(Frame frame) {
      return closing == null && Connection.this.send(frame);
    }

    @Override
    public String peer() {
      return "the gateway";
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadlineNs = System.nanoTime() + options.timeouts().handshake().toNanos();
    if (!endpoint.webSocket()) {
      send(Frame.newBuilder().setHello(hello).build());
    }
    context.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      send(Frame.newBuilder().setHello(hello).build());
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    boolean over = ended || closing != null;
    if (message instanceof RequestFrame request) {
      if (!over) {
        exchanges.answer(request);
      }
    } else if (message instanceof Frame frame) {
      if (!over) {
        take(frame);
      }
    } else {
      context.fireChannelRead(message);
    }
  }

  private void take(Frame frame) {
    switch (frame.getBodyCase()) {
      case WELCOME -> welcome(frame.getWelcome());
      case ERROR -> close(Closing.told(frame.getError()));
      case PING -> exchanges.answer(frame.getPing());
      case PONG -> exchanges.answered(frame.getPong());
      case RESPONSE -> exchanges.answered(frame.getResponse());
      case SUBSCRIBED -> exchanges.answered(frame.getSubscribed());
      case UNSUBSCRIBED -> exchanges.answered(frame.getUnsubscribed());
      case REFRESHED -> exchanges.answered(frame.getRefreshed());
      case NOTIFY -> owner.notified(frame.getNotify());
      case STREAM_START -> owner.streamStarted(frame.getStreamStart());
      case GO_AWAY -> owner.goAway(this, frame.getGoAway());
      case REQUEST, ACK, HELLO, BYE, REFRESH, SUBSCRIBE, UNSUBSCRIBE, BODY_NOT_SET ->
          LOG.debug("{} sent {}, which is ignored", endpoint, frame.getBodyCase());
    }
  }

  private void welcome(Welcome welcome) {
    if (welcomed) {
      return;
    }
    welcomed = true;
    deadlineNs = null;
    heartbeat.start(welcome, System.nanoTime());
    exchanges.limit(welcome.getLimits());
    owner.welcomed(this, welcome);
  }

  @Override
  public boolean tick(long nowNs) {
    if (ended) {
      return false;
    }
    exchanges.expire(nowNs);
    if (deadlineNs != null && nowNs - deadlineNs >= 0) {
      close(
          leaving != null
              ? leaving
              : Closing.noticed(
                  CloseCode.HANDSHAKE_TIMEOUT, endpoint + " sent no Welcome in time"));
    } else if (leaving != null && exchanges.idle() && leaving.code() != CLIENT_BYE) {
      close(leaving);
    } else if (welcomed) {
      beat(nowNs);
    }
    return !ended;
  }

  private void beat(long nowNs) {
    if (context == null || !context.channel().config().isAutoRead()) {
      return;
    }
    if (heartbeat.dead(nowNs)) {
      close(Closing.noticed(CloseCode.LIVENESS_TIMEOUT, endpoint + " has gone silent"));
    } else if (heartbeat.pingDue(nowNs)) {
      heartbeat.pinged(nowNs);
      exchanges.ping(null);
    }
  }

  /** Bytes came in, whatever they mean. */
  void heard() {
    heartbeat.heard(System.nanoTime());
  }

  /** Stops and starts reading; a connection that is not read is not dead. */
  void reading(boolean on) {
    if (context != null) {
      heard();
      context.channel().config().setAutoRead(on);
    }
  }

  /** Sends Bye; the gateway closes. */
  void bye() {
    exchanges.cancelCalls("the client was closed");
    leave(Closing.noticed(CloseCode.CLIENT_BYE, "closed by this side"), BYE_PATIENCE_NS);
    send(Frame.newBuilder().setBye(Bye.getDefaultInstance()).build());
  }

  /** No new calls; closes when the last has its answer, or is out of its own time. */
  void leaveAfterCalls(Closing why) {
    leaving = why;
  }

  private void leave(Closing why, long patienceNs) {
    leaving = why;
    deadlineNs = System.nanoTime() + patienceNs;
  }

  private void close(Closing why) {
    if (closing == null) {
      closing = why;
    }
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended = true;
    Closing why = closing != null ? closing : leaving;
    if (why == null) {
      why = Closing.noticed(CloseCode.CONNECTION_LOST, endpoint + " closed the connection");
    }
    exchanges.end(why.message());
    owner.closed(this, why);
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    close(Failures.broken(endpoint, cause));
  }

  private boolean send(Frame frame) {
    if (context == null || ended) {
      return false;
    }
    heartbeat.sent(System.nanoTime());
    // A write that fails arrives in exceptionCaught.
    context.writeAndFlush(frame, context.voidPromise());
    return true;
  }
}
