package io.trunkline.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A topic that a client wants. Renewed by itself on each new connection. Thread-safe. */
public final class Subscription {
  private final String topic;
  private final CompletableFuture<ControlResult> result;
  private final Supplier<CompletableFuture<ControlResult>> end;

  Subscription(
      String topic,
      CompletableFuture<ControlResult> result,
      Supplier<CompletableFuture<ControlResult>> end) {
    this.topic = topic;
    this.result = result;
    this.end = end;
  }

  public String topic() {
    return topic;
  }

  /**
   * The gateway's first answer, when there is one: without a connection it is asked on the next.
   * Completes once, never exceptionally (except by the caller). When it is not OK there is no
   * subscription. What becomes of it later is told to {@link ClientListener#subscriptionRefused}.
   */
  public CompletableFuture<ControlResult> result() {
    return result;
  }

  /** As {@link TrunklineClient#unsubscribe}. */
  public CompletableFuture<ControlResult> unsubscribe() {
    return end.get();
  }
}
