package io.trunkline.client;

import io.trunkline.invocation.OutboundCalls;
import io.trunkline.invocation.OutboundCalls.Line;
import io.trunkline.invocation.Outstanding;
import io.trunkline.protocol.RequestFrame;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.Refreshed;
import io.trunkline.protocol.v1.Reply;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Subscribed;
import io.trunkline.protocol.v1.Unsubscribed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What this side asks and answers on one connection, within its limits. Event loop only. */
final class Exchanges {

  private final Line line;
  private final OutboundCalls calls;
  private final IncomingCalls incoming;
  private final Outstanding<ControlResult> controls = new Outstanding<>(ControlResult::local);
  private final Pings pings = new Pings();

  /**
   * @param services of this client, for the gateway
   */
  Exchanges(Line line, ClientOptions options, ClientThreads threads, OfferedServices services) {
    this.line = line;
    calls = new OutboundCalls(line, options.maxOutstandingCalls());
    incoming =
        new IncomingCalls(services, line, calls, threads, options.timeouts().call().toMillis());
  }

  void limit(Limits limits) {
    // What is not named is not limited.
    calls.limit(
        limits.getMaxOutstandingRequests() > 0
            ? limits.getMaxOutstandingRequests()
            : Integer.MAX_VALUE,
        limits.getMaxFrameBytes() == 0 ? Integer.MAX_VALUE : limits.getMaxFrameBytes());
  }

  OutboundCalls calls() {
    return calls;
  }

  /**
   * Subscribe, Unsubscribe or Refresh.
   *
   * @param frame made from a seq
   * @param timeoutMs for the answer
   * @param outcome completed by this, once, for certain
   */
  void control(
      LongFunction<Frame> frame, long timeoutMs, CompletableFuture<ControlResult> outcome) {
    long seq = controls.nextSeq();
    Frame made = frame.apply(seq);
    if (calls.tooLarge(made)) {
      outcome.complete(ControlResult.local(Status.TOO_LARGE, calls.limitInWords()));
    } else if (line.open()) {
      controls.add(seq, outcome, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs));
      line.send(made);
    } else {
      outcome.complete(ControlResult.local(Status.CANCELLED, "the connection is closing"));
    }
  }

  /**
   * Sends one. A reply over the frame limit becomes one that says so: the frame would end the
   * session.
   *
   * @return false: the connection is closed, or about to be
   */
  boolean ack(Ack ack) {
    Frame frame = Frame.newBuilder().setAck(ack).build();
    if (calls.tooLarge(frame)) {
      Reply instead =
          Reply.newBuilder().setStatus(Status.TOO_LARGE).setMessage(calls.limitInWords()).build();
      frame = Frame.newBuilder().setAck(ack.toBuilder().setReply(instead)).build();
    }
    return line.send(frame);
  }

  /**
   * @param outcome of the round trip; null: nobody wants to know
   */
  void ping(@Nullable CompletableFuture<Duration> outcome) {
    line.send(Frame.newBuilder().setPing(pings.next(outcome)).build());
  }

  void answer(Ping ping) {
    Pong pong = Pong.newBuilder().setNonce(ping.getNonce()).build();
    line.send(Frame.newBuilder().setPong(pong).build());
  }

  /** The gateway calls this side. */
  void answer(RequestFrame request) {
    incoming.take(request);
  }

  /** No call of either side waits for its answer. */
  boolean idle() {
    return calls.outstanding() == 0 && incoming.callsInFlight() == 0;
  }

  void answered(Pong pong) {
    pings.answer(pong);
  }

  void answered(Response response) {
    calls.answered(response);
  }

  void answered(Subscribed answer) {
    controls.answer(answer.getSeq(), ControlResult.of(answer));
  }

  void answered(Unsubscribed answer) {
    controls.answer(answer.getSeq(), ControlResult.of(answer));
  }

  void answered(Refreshed answer) {
    controls.answer(answer.getSeq(), ControlResult.of(answer));
  }

  void expire(long nowNs) {
    calls.expire(nowNs);
    controls.expire(nowNs);
  }

  void cancelCalls(String why) {
    calls.cancelAll(why);
    incoming.cancelAll();
  }

  /** The connection is gone. */
  void end(String why) {
    cancelCalls("the connection went away: " + why);
    controls.cancelAll("the connection went away: " + why);
    pings.fail(why);
  }
}
