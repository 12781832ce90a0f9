package io.trunkline.client;

import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Pings of one connection, and who waits for their answers. Event loop only. */
final class Pings {
  private record Sent(CompletableFuture<Duration> outcome, long atNs) {}

  private final Map<Long, Sent> waiting = new HashMap<>();
  private long lastNonce;

  /**
   * @param outcome of the round trip; null: nobody wants to know
   */
  Ping next(@Nullable CompletableFuture<Duration> outcome) {
    long nonce = ++lastNonce;
    if (outcome != null) {
      waiting.put(nonce, new Sent(outcome, System.nanoTime()));
    }
    return Ping.newBuilder().setNonce(nonce).build();
  }

  void answer(Pong pong) {
    Sent ping = waiting.remove(pong.getNonce());
    if (ping != null) {
      ping.outcome().complete(Duration.ofNanos(System.nanoTime() - ping.atNs()));
    }
  }

  void fail(String why) {
    waiting.values().forEach(ping -> ping.outcome().completeExceptionally(new IOException(why)));
    waiting.clear();
  }
}
