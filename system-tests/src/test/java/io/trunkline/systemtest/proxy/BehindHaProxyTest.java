package io.trunkline.systemtest.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import io.trunkline.jms.FreePorts;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Welcome;
import io.trunkline.systemtest.ReportWriter;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Link;
import io.trunkline.systemtest.installation.Processes;
import io.trunkline.systemtest.installation.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two nodes behind a real HAProxy with {@code docker/haproxy.cfg}. */
@ArquillianTest
@RunAsClient
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BehindHaProxyTest {
  private static final String NAME = "proxied";
  private static final String SECOND = "proxied-node";
  private static final long TIMEOUT_S = 60;
  private static final String REFUSED = "trunkline_handshakes_refused_total";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private Processes processes;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final int clientsPort = FreePorts.take();
  private Installation installation;
  private TwoNodes nodes;
  private HaProxy proxy;
  private int users;

  /**
   * Once for all tests; each has a proxy of its own, which knows nothing of the others' clients.
   */
  @BeforeEach
  void start() throws Exception {
    if (!controller.isStarted(NAME)) {
      String both =
          (" node.client-address=127.0.0.1:%d clients.proxy-protocol-from=127.0.0.1"
                  + " jms.connect-timeout=60s db.connect-timeout=20s")
              .formatted(clientsPort);
      controller.start(
          NAME,
          Map.of(
              "settings",
              "console.refresh-interval=1s node.drain-timeout=1s node.lease=9s" + both));
      controller.start(
          SECOND,
          Map.of("settings", "node.drain-timeout=1s node.drain-notice=3s node.lease=9s" + both));
    }
    installation = Installation.of(NAME);
    nodes = keep(new TwoNodes(installation, processes, NAME, SECOND));
    proxy = keep(new HaProxy(installation, clientsPort, nodes.first, nodes.second));
    proxy.awaitNodes(true, true);
  }

  @AfterEach
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    processes.recover(SECOND);
  }

  private <T extends AutoCloseable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  private ProxiedClient client() throws IOException {
    return keep(new ProxiedClient(proxy.clientsPort()));
  }

  /** Node of a new client. */
  private String nodeOfNewClient() throws IOException {
    return client().welcomed(installation.token("user" + users++), "d1").getNodeId();
  }

  @Test
  void clientsAddress_isInSessionHistoryAndApi_andWhoMayNotSayItIsRefused() throws Exception {
    double refusedByFirst = nodes.metric(nodes.first, REFUSED);
    double refusedBySecond = nodes.metric(nodes.second, REFUSED);
    long logged = refusalsLogged();
    ProxiedClient client = client();
    Welcome welcome = client.welcomed(installation.token("alice"), "d1");
    assertThat(addressByApi(welcome.getSessionId())).isEqualTo(client.address());

    client.close();
    kick(welcome.getSessionId());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        new ReportWriter(installation)
                            .query(
                                "select remote_address from report.session_history"
                                    + " where user_id = 'alice'"))
                    .containsExactly(client.address()));

    webSocketSessionHasTheClientsAddress();
    onlyTheProxyIsBelieved();
    assertThat(nodes.metric(nodes.first, REFUSED) - refusedByFirst)
        .as("the one that wrote a header of its own; health checks are no clients")
        .isEqualTo(1);
    assertThat(nodes.metric(nodes.second, REFUSED)).isEqualTo(refusedBySecond);
    assertThat(refusalsLogged() - logged).isEqualTo(1);
  }

  private long refusalsLogged() {
    return installation.log().lines().filter(line -> line.contains("refused")).count();
  }

  private void webSocketSessionHasTheClientsAddress() throws Exception {
    var welcome = new CompletableFuture<String>();
    try (HttpClient client =
        HttpClient.newBuilder()
            .localAddress(InetAddress.ofLiteral(ProxiedClient.ADDRESS))
            .build()) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .subprotocols("trunkline.v1.json")
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + proxy.clientsPort() + "/"),
                  new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(
                        WebSocket from, CharSequence data, boolean last) {
                      welcome.complete(data.toString());
                      from.request(1);
                      return null;
                    }
                  })
              .get(TIMEOUT_S, TimeUnit.SECONDS);
      socket
          .sendText(
              "{\"hello\": {\"token\": \"%s\", \"deviceId\": \"tab\"}}"
                  .formatted(installation.token("wendy")),
              true)
          .get(TIMEOUT_S, TimeUnit.SECONDS);
      String session =
          JsonParser.parseString(welcome.get(TIMEOUT_S, TimeUnit.SECONDS))
              .getAsJsonObject()
              .getAsJsonObject("welcome")
              .get("sessionId")
              .getAsString();
      assertThat(addressByApi(session)).startsWith(ProxiedClient.ADDRESS + ":");
      socket.abort();
    }
  }

  /** Past the proxy, from an address that is not configured. */
  private void onlyTheProxyIsBelieved() throws Exception {
    try (var direct = new ProxiedClient(nodes.first.clientsPort())) {
      direct.send("PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(direct.next().getError().getCode()).isEqualTo(CloseCode.MALFORMED_FRAME);
    }
    try (var direct = new ProxiedClient(nodes.first.clientsPort())) {
      assertThat(direct.hello(installation.token("dora"), "d1").hasWelcome()).isTrue();
    }
  }

  @Test
  void nodeThatIsNotReady_getsNoNewClients_andKeepsThoseItHas() throws Exception {
    List<ProxiedClient> onSecond = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ProxiedClient client = client();
      if (client.welcomed(installation.token("early" + i), "d1").getNodeId().equals("gw-2")) {
        onSecond.add(client);
      }
    }
    assertThat(onSecond).as("least connections: every other").hasSize(3);

    TcpProxy brokerOfSecond = processes.link(SECOND, Link.BROKER);
    brokerOfSecond.away();
    proxy.awaitNodes(true, false);
    for (int i = 0; i < 6; i++) {
      assertThat(nodeOfNewClient()).isEqualTo("gw-1");
    }
    for (ProxiedClient client : onSecond) {
      assertThat(client.answersPings()).isTrue();
    }
    managementApiIsAnsweredByTheOther();

    brokerOfSecond.recover();
    proxy.awaitNodes(true, true);
    await("it gets new ones again").atMost(PATIENCE).until(() -> nodeOfNewClient().equals("gw-2"));
  }

  @Test
  void nodeThatAnOperatorDrains_hasItsClientsGoOnAtTheOther_andTakesClientsAgainAfterwards()
      throws Exception {
    keep(new DrainStory(installation, nodes, proxy)).tell(this::nodeOfNewClient);
  }

  private void managementApiIsAnsweredByTheOther() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(nodes.get(proxy.api("/api/v1/sessions?limit=1")).statusCode()).isEqualTo(200);
    }
    assertThat(nodes.get(proxy.api("/observe/metrics")).statusCode()).isEqualTo(404);
  }

  private void kick(String session) throws IOException, InterruptedException {
    URI uri = proxy.api("/api/v1/sessions/" + session + "?reason=test");
    assertThat(nodes.delete(uri).statusCode()).isBetween(200, 299);
  }

  /** Once the session's record is written. */
  private String addressByApi(String session) {
    URI uri = proxy.api("/api/v1/sessions/" + session);
    HttpResponse<String> found =
        await()
            .atMost(PATIENCE)
            .until(() -> nodes.get(uri), response -> response.statusCode() == 200);
    return JsonParser.parseString(found.body())
        .getAsJsonObject()
        .get("remote_address")
        .getAsString();
  }
}
