package io.trunkline.client;

import io.trunkline.protocol.v1.CloseCode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Tells the application what becomes of its client: by listener, in order, and by future. */
final class Announcer {
  private final ClientListener listener;
  private final Executor callbacks;
  private final CompletableFuture<SessionInfo> firstWelcome;
  private final CompletableFuture<Disconnect> closed;

  /**
   * @param callbacks runs this client's callbacks in order
   * @param dependents runs what the application attaches to futures, when it asks for that
   */
  Announcer(ClientListener listener, Executor callbacks, Executor dependents) {
    this.listener = listener;
    this.callbacks = callbacks;
    firstWelcome = new OutcomeFuture<>(dependents);
    closed = new OutcomeFuture<>(dependents);
  }

  ClientListener listener() {
    return listener;
  }

  /** Runs this client's callbacks in order. */
  Executor callbacks() {
    return callbacks;
  }

  CompletableFuture<SessionInfo> firstWelcome() {
    return firstWelcome;
  }

  CompletableFuture<Disconnect> closed() {
    return closed;
  }

  void welcomed(SessionInfo session, List<StreamEvent> streams) {
    callbacks.execute(() -> listener.connected(session));
    streams.forEach(this::stream);
    firstWelcome.complete(session);
  }

  void stream(StreamEvent event) {
    callbacks.execute(() -> listener.stream(event));
  }

  void subscriptionRefused(String topic, ControlResult result, boolean willRetry) {
    callbacks.execute(() -> listener.subscriptionRefused(topic, result, willRetry));
  }

  void goAway(String reason, Duration delay) {
    callbacks.execute(() -> listener.goAway(reason, delay));
  }

  /**
   * A connection, or an attempt, is over. After the state changed: a listener on this thread may
   * close the client.
   */
  void ended(boolean wasConnected, Disconnect disconnect) {
    callbacks.execute(
        () -> {
          if (wasConnected) {
            listener.disconnected(disconnect);
          } else {
            listener.attemptFailed(disconnect);
          }
        });
  }

  /** The client is closed for good. */
  void finished(Closing closing) {
    Disconnect last = closing.disconnect(false);
    if (closing.told()) {
      firstWelcome.completeExceptionally(new GatewayException(last));
    } else if (closing.code() == CloseCode.CLIENT_BYE.getNumber()) {
      firstWelcome.completeExceptionally(new CancellationException(closing.message()));
    } else {
      firstWelcome.completeExceptionally(new IOException(closing.message()));
    }
    callbacks.execute(
        () -> {
          try {
            listener.closed(last);
          } finally {
            closed.complete(last);
          }
        });
  }
}
