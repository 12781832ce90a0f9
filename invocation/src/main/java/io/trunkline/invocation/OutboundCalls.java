package io.trunkline.invocation;

import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calls of this side on one connection: who waits for which answer, until when, and how many at
 * a time. On the connection's event loop.
 */
public final class OutboundCalls {

  /** The connection, as far as it matters here. On its event loop. */
  public interface Line {
    /** Takes new requests. */
    boolean open();

    /** Less is unwritten than the bound. */
    boolean writable();

    /** False: it is closed, or about to be. */
    boolean send(Frame frame);

    /** The other side in words, as "the gateway". */
    String peer();
  }

  private final Line line;
  private final Outstanding<CallResult> calls = new Outstanding<>(CallResult::failed);
  private int maxOutstanding;
  private int maxFrameBytes = Integer.MAX_VALUE;

  /**
   * Makes them.
   *
   * @param maxOutstanding calls without an answer at a time
   */
  public OutboundCalls(Line line, int maxOutstanding) {
    this.line = line;
    this.maxOutstanding = maxOutstanding;
  }

  /**
   * What the other side takes.
   *
   * @param requests without an answer at a time; at most what this side allows counts
   * @param frameBytes an unsigned number
   */
  public void limit(int requests, int frameBytes) {
    maxOutstanding = Math.min(maxOutstanding, requests);
    maxFrameBytes = frameBytes;
  }

  /** Calls without an answer. */
  public int outstanding() {
    return calls.size();
  }

  /**
   * Calls.
   *
   * @param deadlineNanos {@link System#nanoTime} at which no answer counts any more
   * @param outcome completed by this, once, for certain
   * @return whether it was sent; if not, the outcome says why
   */
  public boolean call(
      OutgoingCall call, long deadlineNanos, CompletableFuture<CallResult> outcome) {
    long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (leftMs <= 0) {
      outcome.complete(CallResult.failed(Status.DEADLINE_EXCEEDED, "not started"));
      return false;
    }
    long seq = calls.nextSeq();
    Request.Builder request =
        call.toRequest().setSeq(seq).setDeadlineMs((int) Math.min(leftMs, Integer.MAX_VALUE));
    Frame frame = Frame.newBuilder().setRequest(request).build();
    CallResult refusal = refusal(frame);
    if (refusal == null && calls.size() >= maxOutstanding) {
      refusal =
          CallResult.failed(Status.BUSY, "already " + maxOutstanding + " calls without an answer");
    }
    if (refusal != null) {
      outcome.complete(refusal);
      return false;
    }
    calls.add(seq, outcome, deadlineNanos);
    line.send(frame);
    return true;
  }

  /** OK when it was handed to the connection. */
  public CallResult callOneWay(OutgoingCall call) {
    Request.Builder request = call.toRequest().setSeq(calls.nextSeq()).setOneWay(true);
    Frame frame = Frame.newBuilder().setRequest(request).build();
    CallResult refusal = refusal(frame);
    if (refusal != null) {
      return refusal;
    }
    line.send(frame);
    return CallResult.failed(Status.OK, "");
  }

  private @Nullable CallResult refusal(Frame frame) {
    if (!line.open()) {
      return CallResult.failed(
          Status.UNAVAILABLE, "the connection is closing; not started", RunningCall.BUSY_RETRY);
    }
    if (tooLarge(frame)) {
      return CallResult.failed(Status.TOO_LARGE, limitInWords());
    }
    return line.writable()
        ? null
        : CallResult.failed(
            Status.BUSY, "the connection takes no more for now", RunningCall.BUSY_RETRY);
  }

  /** Whether the other side would refuse it for its size, and end the connection. */
  public boolean tooLarge(Frame frame) {
    return Integer.compareUnsigned(frame.getSerializedSize(), maxFrameBytes) > 0;
  }

  /** What {@link #tooLarge} has found, for a person. */
  public String limitInWords() {
    return line.peer() + " takes frames of " + Integer.toUnsignedString(maxFrameBytes) + " bytes";
  }

  /**
   * An answer came; one to what is not outstanding (any more) is dropped.
   *
   * @return whether it was waited for
   */
  public boolean answered(Response response) {
    return calls.answer(response.getSeq(), CallResult.of(response));
  }

  /**
   * Ends what is late.
   *
   * @return how many were
   */
  public int expire(long nowNanos) {
    return calls.expire(nowNanos);
  }

  /**
   * Ends all {@code CANCELLED}.
   *
   * @return how many
   */
  public int cancelAll(String why) {
    return calls.cancelAll(why);
  }
}
