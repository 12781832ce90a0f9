package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.trunkline.client.TrunklineClient;
import io.trunkline.gateway.auth.DevelopmentKey;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.protocol.v1.Status;
import io.trunkline.systemtest.installation.Installation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.Test;

/** {@code ./trunkline run} with the jar of the examples in {@code data/extensions}. */
@ArquillianTest
@RunAsClient
class ExtensionTest {
  private static final String NAME = "extended";
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int FLAPS = 5;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  @Test
  void jarInTheFolder_servesListensAndIntercepts() throws Exception {
    controller.start(NAME);
    Installation installation = Installation.of(NAME);
    try {
      try (TrunklineClient client = connected(installation, "alice", "till-1")) {
        interceptorChangesAndRefuses(client);
        listenerWasTold(client);
      }
      for (int i = 0; i < FLAPS; i++) {
        connected(installation, "bob", "scanner-7").close();
      }
      await()
          .atMost(TIMEOUT)
          .until(
              () ->
                  installation
                      .log()
                      .contains("device scanner-7 of bob connected " + FLAPS + " times"));
    } finally {
      controller.stop(NAME);
    }
  }

  private static void interceptorChangesAndRefuses(TrunklineClient client) throws Exception {
    assertThat(call(client, "visits", "tenant", Map.of()).text()).isEqualTo("east");
    assertThat(call(client, "echo", "echo", Map.of("tenant", "east")).text()).isEqualTo("hi");

    CallResult refused = call(client, "echo", "echo", Map.of("tenant", "west"));

    assertThat(refused.status()).isEqualTo(Status.PERMISSION_DENIED);
    assertThat(refused.message()).contains("'west'");
    assertThat(call(client, "visits", "refused", Map.of()).text()).isEqualTo("1");
  }

  private static void listenerWasTold(TrunklineClient client) throws Exception {
    assertThat(call(client, "visits", "count", Map.of()).text()).isEqualTo("till-os 1");
  }

  private static TrunklineClient connected(Installation installation, String user, String device)
      throws Exception {
    String token =
        DevelopmentKey.read(installation.data())
            .sign(user, Optional.empty(), Map.of("tenant", "east"), Duration.ofHours(1));
    TrunklineClient client =
        TrunklineClient.builder()
            .url(installation.clientUrl())
            .token(token)
            .deviceId(device)
            .platform("till-os")
            .build();
    client.connect().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    return client;
  }

  private static CallResult call(
      TrunklineClient client, String service, String method, Map<String, String> headers)
      throws Exception {
    return client
        .call(
            new OutgoingCall(
                service, method, ByteString.copyFromUtf8("hi"), "text/plain", headers, TIMEOUT))
        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }
}
