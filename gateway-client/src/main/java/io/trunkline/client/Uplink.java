package io.trunkline.client;

import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.Caller;
import io.trunkline.invocation.Deadline;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.Permits;
import io.trunkline.invocation.RunningCall;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Refresh;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the application asks of the present connection. From any thread. */
final class Uplink implements Caller {
  private final ClientThreads threads;
  private final TokenSource tokens;
  private final Supplier<@Nullable Exchanges> present;
  private final Permits answered;
  private final Permits oneWay;

  /**
   * @param tokens told of those that the gateway takes
   * @param present the connection's, after its Welcome; asked on the event loop
   * @param maxOutstanding calls of each mode at a time
   */
  Uplink(
      ClientThreads threads,
      TokenSource tokens,
      Supplier<@Nullable Exchanges> present,
      int maxOutstanding) {
    this.threads = threads;
    this.answered = new Permits(maxOutstanding, "calls without an answer");
    this.oneWay = new Permits(maxOutstanding, "one-way calls that are not sent yet");
    this.tokens = tokens;
    this.present = present;
  }

  @Override
  public CompletableFuture<CallResult> call(OutgoingCall call) {
    long deadlineNanos = System.nanoTime() + Deadline.within(call.timeout()).toNanos();
    return answered.within(
        new OutcomeFuture<>(threads.callbacks()),
        outcome -> {
          onConnection(
              exchanges -> exchanges.calls().call(call, deadlineNanos, outcome),
              () -> outcome.complete(notConnected()));
          return outcome;
        });
  }

  @Override
  public CompletableFuture<CallResult> callOneWay(OutgoingCall call) {
    return oneWay.within(
        new OutcomeFuture<>(threads.callbacks()),
        outcome -> {
          onConnection(
              exchanges -> outcome.complete(exchanges.calls().callOneWay(call)),
              () -> outcome.complete(notConnected()));
          return outcome;
        });
  }

  @Override
  public boolean mayWait() {
    return !threads.loop().inEventLoop();
  }

  Executor callbacks() {
    return threads.callbacks();
  }

  CompletableFuture<Duration> ping() {
    CompletableFuture<Duration> outcome = new OutcomeFuture<>(threads.callbacks());
    onConnection(
        exchanges -> exchanges.ping(outcome),
        () -> outcome.completeExceptionally(new IOException("not connected")));
    return outcome;
  }

  CompletableFuture<ControlResult> refresh(String token, Duration timeout) {
    CompletableFuture<ControlResult> outcome = new OutcomeFuture<>(threads.callbacks());
    CompletableFuture<ControlResult> answer = new CompletableFuture<>();
    answer.thenAccept(
        result -> {
          if (result.ok()) {
            tokens.refreshed(token);
          }
          outcome.complete(result);
        });
    onConnection(
        exchanges ->
            exchanges.control(
                seq ->
                    Frame.newBuilder()
                        .setRefresh(Refresh.newBuilder().setSeq(seq).setToken(token))
                        .build(),
                timeout.toMillis(),
                answer),
        () -> answer.complete(ControlResult.local(Status.UNAVAILABLE, "not connected")));
    return outcome;
  }

  /** One of the two, once. */
  private void onConnection(Consumer<Exchanges> task, Runnable otherwise) {
    boolean accepted =
        threads.onLoop(
            () -> {
              Exchanges exchanges = present.get();
              if (exchanges != null) {
                task.accept(exchanges);
              } else {
                otherwise.run();
              }
            });
    if (!accepted) {
      otherwise.run();
    }
  }

  private static CallResult notConnected() {
    return CallResult.failed(Status.UNAVAILABLE, "not connected", RunningCall.BUSY_RETRY);
  }
}
