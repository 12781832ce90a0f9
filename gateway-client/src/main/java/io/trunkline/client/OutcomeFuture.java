package io.trunkline.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Completed on the event loop; its {@code …Async} dependents run on the callback executor. */
final class OutcomeFuture<T> extends CompletableFuture<T> {
  private final Executor callbacks;

  OutcomeFuture(Executor callbacks) {
    this.callbacks = callbacks;
  }

  @Override
  public Executor defaultExecutor() {
    return callbacks;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new OutcomeFuture<>(callbacks);
  }
}
