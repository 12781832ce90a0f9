package io.trunkline.gateway.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StartupException;
import io.trunkline.gateway.TestClient;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionListener;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkInterceptor;
import io.trunkline.gateway.uplink.UplinkService;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an extension of a real node is told, from the first session to the end. */
class ExtensionLifeTest {
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final CountDownLatch entered = new CountDownLatch(1);

  private final GatewayExtension extension =
      new GatewayExtension() {
        @Override
        public List<UplinkService> services() {
          return List.of(
              new UplinkService("stuck", true, Map.of("wait", call -> waitForInterrupt())),
              new UplinkService("time", false, Map.of("now", call -> CallResult.json("\"ours\""))));
        }

        @Override
        public List<SessionListener> sessionListeners() {
          return List.of(
              new SessionListener() {
                @Override
                public void created(Session session) {
                  told.add("created");
                }

                @Override
                public void detached(Session session) {
                  told.add("detached");
                }
              });
        }

        @Override
        public List<UplinkInterceptor> interceptors() {
          return List.of(
              new UplinkInterceptor() {
                @Override
                public void after(UplinkCall call, CallResult outcome, Duration took) {
                  told.add(call.service() + " " + outcome.status());
                }
              });
        }

        @Override
        public void close() {
          told.add("closed");
        }
      };

  private CallResult waitForInterrupt() throws InterruptedException {
    entered.countDown();
    try {
      new CountDownLatch(1).await();
      return CallResult.json("never");
    } finally {
      told.add("service ended");
    }
  }

  private static Frame request(long seq, String service, String method) {
    return Frame.newBuilder()
        .setRequest(Request.newBuilder().setSeq(seq).setService(service).setMethod(method))
        .build();
  }

  @Test
  void extension_isClosed_afterItsLastCallAndSession() throws Exception {
    GatewayFixture fixture = GatewayFixture.shared();
    Gateway node = Gateway.start(fixture.config("gw-extended", Map.of()), extension);
    String address = node.clientAddress();
    int colon = address.lastIndexOf(':');
    try (TestClient client =
        TestClient.connect(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
      client.hello(fixture.token("alice"), "extended", Map.of());
      assertThat(client.receive().hasWelcome()).isTrue();
      client.send(request(1, "time", "now"));
      assertThat(client.receive().getResponse().getPayload().toStringUtf8())
          .as("the extension's service in the place of the built-in one")
          .isEqualTo("\"ours\"");
      client.send(request(2, "stuck", "wait"));
      assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
      node.close(); // with the client still there
    }
    assertThat(told)
        .containsExactlyInAnyOrder(
            "created", "time OK", "stuck CANCELLED", "service ended", "detached", "closed")
        .endsWith("closed")
        .startsWith("created", "time OK");
  }

  @Test
  void nodeThatCannotStart_closesWhatItHasLoaded(@TempDir Path folder) {
    var config =
        GatewayFixture.shared()
            .config("gw-extended", Map.of("node.extensions", folder.resolve("no") + ""));
    assertThatThrownBy(() -> Gateway.start(config, extension))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("node.extensions");
    assertThat(told).containsExactly("closed");
  }
}
