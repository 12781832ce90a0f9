package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.client.ClientListener;
import io.trunkline.client.Disconnect;
import io.trunkline.client.TrunklineClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.systemtest.installation.Installation;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Calls {@code echo} all the time, one call after the other, and remembers what went wrong. */
final class HealthyClient implements AutoCloseable {
  private static final Duration SLOW = Duration.ofSeconds(60);

  private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
  private final AtomicLong answers = new AtomicLong();
  private final TrunklineClient client;

  HealthyClient(Installation installation, String user) throws Exception {
    client = client(installation, user);
    client.connect().get(SLOW.toSeconds(), TimeUnit.SECONDS);
    callAgain();
  }

  private TrunklineClient client(Installation installation, String user) throws IOException {
    return TrunklineClient.builder()
        .url(installation.clientUrl())
        .token(installation.token(user))
        .deviceId("healthy")
        .callTimeout(SLOW)
        .listener(
            new ClientListener() {
              @Override
              public void disconnected(Disconnect disconnect) {
                troubles.add(disconnect.toString());
              }
            })
        .build();
  }

  private void callAgain() {
    String text = "call " + answers.get();
    client
        .call("echo", "echo", text)
        .thenAccept(
            result -> {
              if (isEchoOf(text, result)) {
                answers.incrementAndGet();
                callAgain();
              } else {
                troubles.add(result.toString());
              }
            });
  }

  private static boolean isEchoOf(String text, CallResult result) {
    return result.ok() && result.text().equals(text);
  }

  /** It still gets its answers, and always did. */
  void isUndisturbed() {
    long before = answers.get();
    await().atMost(SLOW).until(() -> answers.get() > before + 10);
    assertThat(troubles).isEmpty();
  }

  @Override
  public void close() {
    client.close();
  }
}
