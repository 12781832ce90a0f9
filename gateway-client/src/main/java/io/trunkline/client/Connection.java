package io.trunkline.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Bye;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Welcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection, from Hello to its end: the last handler of its pipeline. Event loop only. */
final class Connection extends SimpleChannelInboundHandler<Frame> implements LoopTicker.Member {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** The gateway closes after a Bye; when it does not, this side does after so long. */
  private static final long BYE_PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);

  private static final int CLIENT_BYE = CloseCode.CLIENT_BYE.getNumber();

  /** What a connection tells the client, on the event loop. */
  interface Owner {
    void welcomed(Connection connection, Welcome welcome);

    void notified(Notify notify);

    void goAway(Connection connection, GoAway goAway);

    /** Once for each connection that was active. */
    void closed(Connection connection, Closing closing);
  }

  private final Endpoint endpoint;
  private final Hello hello;
  private final ClientOptions options;
  private final Owner owner;
  private final OutstandingCalls calls = new OutstandingCalls();
  private final Pings pings = new Pings();
  private final Heartbeat heartbeat = new Heartbeat();

  private @Nullable ChannelHandlerContext context;
  private @Nullable Closing closing;
  private @Nullable Closing leaving;
  private boolean welcomed;
  private boolean ended;

  /** The handshake's, then the one of leaving. */
  private @Nullable Long deadlineNs;

  private int maxOutstanding;
  private int maxFrameBytes = Integer.MAX_VALUE;

  Connection(Endpoint endpoint, Hello hello, ClientOptions options, Owner owner) {
    this.endpoint = endpoint;
    this.hello = hello;
    this.options = options;
    this.owner = owner;
    this.maxOutstanding = options.maxOutstandingCalls();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadlineNs = System.nanoTime() + options.timeouts().handshake().toNanos();
    if (!endpoint.webSocket()) {
      send(Frame.newBuilder().setHello(hello));
    }
    context.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      send(Frame.newBuilder().setHello(hello));
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Frame frame) {
    if (ended || closing != null) {
      return;
    }
    switch (frame.getBodyCase()) {
      case WELCOME -> welcome(frame.getWelcome());
      case ERROR -> close(Closing.told(frame.getError()));
      case PING -> {
        Pong pong = Pong.newBuilder().setNonce(frame.getPing().getNonce()).build();
        send(Frame.newBuilder().setPong(pong));
      }
      case PONG -> pings.answer(frame.getPong());
      case RESPONSE -> calls.answer(frame.getResponse());
      case NOTIFY -> owner.notified(frame.getNotify());
      case REQUEST -> refuse(frame.getRequest());
      case GO_AWAY -> owner.goAway(this, frame.getGoAway());
      case ACK,
          HELLO,
          BYE,
          REFRESH,
          REFRESHED,
          SUBSCRIBE,
          SUBSCRIBED,
          UNSUBSCRIBE,
          UNSUBSCRIBED,
          STREAM_START,
          BODY_NOT_SET ->
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
    int requests = welcome.getLimits().getMaxOutstandingRequests();
    if (requests > 0) {
      maxOutstanding = Math.min(maxOutstanding, requests);
    }
    int frameBytes = welcome.getLimits().getMaxFrameBytes();
    if (frameBytes > 0) {
      maxFrameBytes = frameBytes;
    }
    owner.welcomed(this, welcome);
  }

  private void refuse(Request request) {
    if (!request.getOneWay()) {
      send(
          Frame.newBuilder()
              .setResponse(
                  Response.newBuilder()
                      .setSeq(request.getSeq())
                      .setStatus(Status.NOT_FOUND)
                      .setMessage("this client offers no services")));
    }
  }

  void ping(CompletableFuture<Duration> outcome) {
    send(Frame.newBuilder().setPing(pings.next(outcome)));
  }

  void ack(Ack ack) {
    send(Frame.newBuilder().setAck(ack));
  }

  /**
   * @param deadlineNs {@link System#nanoTime}
   * @param outcome completed by this, once, for certain
   */
  void call(Request.Builder request, long deadlineNs, CompletableFuture<CallResult> outcome) {
    long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
    if (leftMs <= 0) {
      outcome.complete(CallResult.local(Status.DEADLINE_EXCEEDED, "not started"));
      return;
    }
    long seq = calls.nextSeq();
    request.setSeq(seq).setDeadlineMs((int) Math.min(leftMs, Integer.MAX_VALUE));
    Frame frame = Frame.newBuilder().setRequest(request).build();
    CallResult refusal = refusal(frame);
    if (refusal == null && calls.size() >= maxOutstanding) {
      refusal =
          CallResult.local(Status.BUSY, "already " + maxOutstanding + " calls without an answer");
    }
    if (refusal != null) {
      outcome.complete(refusal);
      return;
    }
    calls.add(seq, outcome, deadlineNs);
    send(frame);
  }

  /** OK when it was handed to the connection. */
  CallResult callOneWay(Request.Builder request) {
    Frame frame = Frame.newBuilder().setRequest(request.setSeq(calls.nextSeq())).build();
    CallResult refusal = refusal(frame);
    if (refusal != null) {
      return refusal;
    }
    send(frame);
    return CallResult.local(Status.OK, "");
  }

  private @Nullable CallResult refusal(Frame frame) {
    if (!welcomed || ended || closing != null || leaving != null || context == null) {
      return CallResult.local(Status.UNAVAILABLE, "the connection is closing");
    }
    if (Integer.compareUnsigned(frame.getSerializedSize(), maxFrameBytes) > 0) {
      return CallResult.local(
          Status.TOO_LARGE,
          "the gateway takes frames of " + Integer.toUnsignedString(maxFrameBytes) + " bytes");
    }
    return context.channel().isWritable()
        ? null
        : CallResult.local(Status.BUSY, "the connection takes no more for now");
  }

  @Override
  public boolean tick(long nowNs) {
    if (ended) {
      return false;
    }
    calls.expire(nowNs);
    if (deadlineNs != null && nowNs - deadlineNs >= 0) {
      close(
          leaving != null
              ? leaving
              : Closing.noticed(
                  CloseCode.HANDSHAKE_TIMEOUT, endpoint + " sent no Welcome in time"));
    } else if (leaving != null && calls.size() == 0 && leaving.code() != CLIENT_BYE) {
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
      send(Frame.newBuilder().setPing(pings.next(null)));
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
    calls.cancelAll("the client was closed");
    leave(Closing.noticed(CloseCode.CLIENT_BYE, "closed by this side"), BYE_PATIENCE_NS);
    send(Frame.newBuilder().setBye(Bye.getDefaultInstance()));
  }

  /** No new calls; closes when the last has its answer, or is out of time. */
  void leaveAfterCalls(Closing why) {
    leave(why, options.timeouts().call().toNanos());
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
    calls.cancelAll("the connection went away: " + why.message());
    pings.fail(why.message());
    owner.closed(this, why);
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    close(Failures.broken(endpoint, cause));
  }

  private void send(Frame.Builder frame) {
    send(frame.build());
  }

  private void send(Frame frame) {
    if (context != null && !ended) {
      heartbeat.sent(System.nanoTime());
      // A write that fails arrives in exceptionCaught.
      context.writeAndFlush(frame, context.voidPromise());
    }
  }
}
