package io.trunkline.systemtest.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Welcome;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Link;
import io.trunkline.systemtest.installation.Processes;
import io.trunkline.systemtest.installation.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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

/** Two nodes behind a real HAProxy with {@code docker/haproxy.cfg}. */
@ArquillianTest
@RunAsClient
class BehindHaProxyTest {
  private static final String NAME = "proxied";
  private static final String SECOND = "proxied-node";
  private static final long TIMEOUT_S = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private Processes processes;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private Installation installation;
  private HaProxy.Node firstNode;
  private HaProxy.Node secondNode;
  private TcpProxy brokerOfSecond;
  private HaProxy proxy;
  private int users;

  @BeforeEach
  void start() throws Exception {
    controller.start(NAME);
    installation = Installation.of(NAME);
    firstNode =
        new HaProxy.Node(
            URI.create(installation.clientUrl()).getPort(),
            URI.create(installation.apiUrl()).getPort());
    controller.start(SECOND);
    brokerOfSecond = processes.link(SECOND, Link.BROKER);
    secondNode =
        new HaProxy.Node(
            URI.create(processes.clientUrl(SECOND)).getPort(),
            URI.create(processes.apiUrl(SECOND)).getPort());
    proxy = keep(new HaProxy(installation, firstNode, secondNode));
    proxy.awaitNodes(true, true);
  }

  @AfterEach
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    http.close();
    controller.stop(SECOND);
    controller.stop(NAME);
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
  void nodesBehindTheProxy_getWhatTheyCanServe_andKnowTheClientsAddresses() throws Exception {
    nodeThatIsNotReady_getsNoNewClients_andKeepsThoseItHas();
    clientsAddress_isInSessionHistoryAndApi_andWhoMayNotSayItIsRefused();
  }

  private void clientsAddress_isInSessionHistoryAndApi_andWhoMayNotSayItIsRefused()
      throws Exception {
    ProxiedClient client = client();
    Welcome welcome = client.welcomed(installation.token("alice"), "d1");
    assertThat(addressByApi(welcome.getSessionId())).isEqualTo(client.address());

    client.close();
    kick(welcome.getSessionId());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(addressInHistory("alice")).containsExactly(client.address()));

    webSocketSessionHasTheClientsAddress();
    onlyTheProxyIsBelieved();
    healthChecksAreNoRefusedClients();
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
    try (var direct = new ProxiedClient(firstNode.clientsPort())) {
      direct.send("PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(direct.next().getError().getCode()).isEqualTo(CloseCode.MALFORMED_FRAME);
    }
    try (var direct = new ProxiedClient(firstNode.clientsPort())) {
      assertThat(direct.hello(installation.token("dora"), "d1").hasWelcome()).isTrue();
    }
  }

  private void healthChecksAreNoRefusedClients() throws Exception {
    assertThat(metric(firstNode, "trunkline_handshakes_refused_total"))
        .as("the one that wrote a header of its own")
        .isEqualTo(1);
    assertThat(metric(secondNode, "trunkline_handshakes_refused_total")).isZero();
    assertThat(installation.log().lines().filter(line -> line.contains("refused"))).hasSize(1);
  }

  private void nodeThatIsNotReady_getsNoNewClients_andKeepsThoseItHas() throws Exception {
    List<ProxiedClient> onSecond = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ProxiedClient client = client();
      if (client.welcomed(installation.token("early" + i), "d1").getNodeId().equals("gw-2")) {
        onSecond.add(client);
      }
    }
    assertThat(onSecond).as("least connections: every other").hasSize(3);

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

  private void managementApiIsAnsweredByTheOther() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(get(proxy.api("/api/v1/sessions?limit=1")).statusCode()).isEqualTo(200);
    }
    assertThat(get(proxy.api("/observe/metrics")).statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri).GET());
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(
        request.header("Authorization", "Bearer " + installation.secret("api-token")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void kick(String session) throws IOException, InterruptedException {
    URI uri = proxy.api("/api/v1/sessions/" + session + "?reason=test");
    assertThat(send(HttpRequest.newBuilder(uri).DELETE()).statusCode()).isBetween(200, 299);
  }

  /** Once the session's record is written. */
  private String addressByApi(String session) {
    URI uri = proxy.api("/api/v1/sessions/" + session);
    HttpResponse<String> found =
        await().atMost(PATIENCE).until(() -> get(uri), response -> response.statusCode() == 200);
    return JsonParser.parseString(found.body())
        .getAsJsonObject()
        .get("remote_address")
        .getAsString();
  }

  private List<String> addressInHistory(String user) throws SQLException {
    Installation.Reports reports = installation.reports();
    try (var database =
            DriverManager.getConnection(reports.jdbcUrl(), reports.user(), reports.password());
        var select =
            database.prepareStatement(
                "select remote_address from report.session_history where user_id = ?")) {
      select.setString(1, user);
      List<String> addresses = new ArrayList<>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          addresses.add(rows.getString(1));
        }
      }
      return addresses;
    }
  }

  private double metric(HaProxy.Node node, String name) throws IOException, InterruptedException {
    return get(URI.create("http://127.0.0.1:" + node.apiPort() + "/observe/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
