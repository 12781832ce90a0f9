package io.trunkline.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A fake gateway and clients of it, closed after each test. */
abstract class ClientFixture {
  /** A wait for what must come, not a measure of speed. */
  static final Duration SOON = Duration.ofSeconds(60);

  static final Backoff TINY = new Backoff(Duration.ofMillis(1), 2, Duration.ofMillis(20));

  final FakeGateway gateway = FakeGateway.tcp();
  final Recorded listener = new Recorded();
  private final List<TrunklineClient> clients = new ArrayList<>();

  ClientBuilder builder() {
    return TrunklineClient.builder()
        .url(gateway.url())
        .token("a token")
        .backoff(TINY)
        .listener(listener);
  }

  TrunklineClient start(ClientBuilder builder) {
    TrunklineClient client = builder.build();
    clients.add(client);
    var unused = client.connect();
    return client;
  }

  static <T> T await(java.util.concurrent.CompletableFuture<T> future) {
    return future.orTimeout(SOON.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  @AfterEach
  void closeAll() {
    clients.forEach(TrunklineClient::close);
    gateway.close();
  }
}
