package io.trunkline.client;

import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.Refreshed;
import io.trunkline.protocol.v1.Reply;
import io.trunkline.protocol.v1.Request;
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

  /** The connection, as far as it matters here. */
  interface Line {
    /** Takes new requests: from Welcome until it is about to close. */
    boolean open();

    /** Less is unwritten than the bound. */
    boolean writable();

    /** False: it is closed, or about to be. */
    boolean send(Frame frame);
  }

  private final Line line;
  private final Outstanding<CallResult> calls = new Outstanding<>(CallResult::local);
  private final Outstanding<ControlResult> controls = new Outstanding<>(ControlResult::local);
  private final Pings pings = new Pings();
  private int maxOutstanding;
  private int maxFrameBytes = Integer.MAX_VALUE;

  Exchanges(Line line, int maxOutstanding) {
    this.line = line;
    this.maxOutstanding = maxOutstanding;
  }

  void limit(Limits limits) {
    int requests = limits.getMaxOutstandingRequests();
    if (requests > 0) {
      maxOutstanding = Math.min(maxOutstanding, requests);
    }
    int frameBytes = limits.getMaxFrameBytes();
    if (frameBytes > 0) {
      maxFrameBytes = frameBytes;
    }
  }

  int outstandingCalls() {
    return calls.size();
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
    line.send(frame);
  }

  /** OK when it was handed to the connection. */
  CallResult callOneWay(Request.Builder request) {
    Frame frame = Frame.newBuilder().setRequest(request.setSeq(calls.nextSeq())).build();
    CallResult refusal = refusal(frame);
    if (refusal != null) {
      return refusal;
    }
    line.send(frame);
    return CallResult.local(Status.OK, "");
  }

  private @Nullable CallResult refusal(Frame frame) {
    if (!line.open()) {
      return CallResult.local(Status.UNAVAILABLE, "the connection is closing");
    }
    if (tooLarge(frame)) {
      return CallResult.local(Status.TOO_LARGE, limitInWords());
    }
    return line.writable()
        ? null
        : CallResult.local(Status.BUSY, "the connection takes no more for now");
  }

  private boolean tooLarge(Frame frame) {
    return Integer.compareUnsigned(frame.getSerializedSize(), maxFrameBytes) > 0;
  }

  private String limitInWords() {
    return "the gateway takes frames of " + Integer.toUnsignedString(maxFrameBytes) + " bytes";
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
    if (tooLarge(made)) {
      outcome.complete(ControlResult.local(Status.TOO_LARGE, limitInWords()));
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
    if (tooLarge(frame)) {
      Reply instead =
          Reply.newBuilder().setStatus(Status.TOO_LARGE).setMessage(limitInWords()).build();
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

  /** This side offers no services. */
  void refuse(Request request) {
    if (!request.getOneWay()) {
      line.send(
          Frame.newBuilder()
              .setResponse(
                  Response.newBuilder()
                      .setSeq(request.getSeq())
                      .setStatus(Status.NOT_FOUND)
                      .setMessage("this client offers no services"))
              .build());
    }
  }

  void answered(Pong pong) {
    pings.answer(pong);
  }

  void answered(Response response) {
    calls.answer(response.getSeq(), CallResult.of(response));
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
  }

  /** The connection is gone. */
  void end(String why) {
    calls.cancelAll("the connection went away: " + why);
    controls.cancelAll("the connection went away: " + why);
    pings.fail(why);
  }
}
