package io.trunkline.client;

import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Refresh;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the application asks of the present connection. From any thread. */
final class Uplink {
  private final ClientThreads threads;
  private final Supplier<@Nullable Exchanges> present;

  /**
   * @param present the connection's, after its Welcome; asked on the event loop
   */
  Uplink(ClientThreads threads, Supplier<@Nullable Exchanges> present) {
    this.threads = threads;
    this.present = present;
  }

  CompletableFuture<CallResult> call(Request.Builder request, Duration timeout) {
    long deadlineNs = System.nanoTime() + timeout.toNanos();
    CompletableFuture<CallResult> outcome = new OutcomeFuture<>(threads.callbacks());
    onConnection(
        exchanges -> exchanges.call(request, deadlineNs, outcome),
        () -> outcome.complete(notConnected()));
    return outcome;
  }

  CompletableFuture<CallResult> callOneWay(Request.Builder request) {
    CompletableFuture<CallResult> outcome = new OutcomeFuture<>(threads.callbacks());
    onConnection(
        exchanges -> outcome.complete(exchanges.callOneWay(request)),
        () -> outcome.complete(notConnected()));
    return outcome;
  }

  CompletableFuture<Duration> ping() {
    CompletableFuture<Duration> outcome = new OutcomeFuture<>(threads.callbacks());
    onConnection(
        exchanges -> exchanges.ping(outcome),
        () -> outcome.completeExceptionally(new IOException("not connected")));
    return outcome;
  }

  /**
   * @param taken told before the outcome when the gateway took the token
   */
  CompletableFuture<ControlResult> refresh(String token, Duration timeout, Consumer<String> taken) {
    CompletableFuture<ControlResult> outcome = new OutcomeFuture<>(threads.callbacks());
    CompletableFuture<ControlResult> answer = new CompletableFuture<>();
    answer.thenAccept(
        result -> {
          if (result.ok()) {
            taken.accept(token);
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
    return CallResult.local(Status.UNAVAILABLE, "not connected");
  }
}
