package io.trunkline.client;

import io.trunkline.protocol.v1.Request;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Owns the client's state. */
final class Supervisor {
  private final ClientOptions options;

  Supervisor(ClientOptions options, ClientListener listener, ClientThreads threads) {
    this.options = options;
  }

  ClientOptions options() {
    return options;
  }

  ClientState state() {
    return ClientState.NEW;
  }

  Optional<SessionInfo> session() {
    return Optional.empty();
  }

  CompletableFuture<SessionInfo> connect() {
    return new CompletableFuture<>();
  }

  CompletableFuture<Disconnect> closed() {
    return new CompletableFuture<>();
  }

  CompletableFuture<CallResult> call(Request.Builder request, Duration timeout) {
    return new CompletableFuture<>();
  }

  CompletableFuture<CallResult> callOneWay(Request.Builder request) {
    return new CompletableFuture<>();
  }

  CompletableFuture<Duration> ping() {
    return new CompletableFuture<>();
  }

  void close() {}
}
