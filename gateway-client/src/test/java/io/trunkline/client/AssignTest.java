package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.trunkline.protocol.v1.Hello;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who asks an installation where to connect. */
class AssignTest extends ClientFixture {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer http;
  private volatile int status = 200;
  private volatile String answer = "";

  @BeforeEach
  void startHttp() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    http.start();
  }

  @AfterEach
  void stopHttp() {
    http.stop(0);
  }

  private String address() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  private static String assignment(int keepMs, int... ports) {
    StringBuilder nodes = new StringBuilder();
    for (int port : ports) {
      nodes
          .append(nodes.length() == 0 ? "" : ",")
          .append("{\"id\":\"n\",\"address\":\"127.0.0.1:")
          .append(port)
          .append("\"}");
    }
    return "{\"by\":\"load\",\"cache_for_ms\":" + keepMs + ",\"nodes\":[" + nodes + "]}";
  }

  private ClientBuilder assigned() {
    return TrunklineClient.builder()
        .assign(address())
        .token("a token")
        .backoff(TINY)
        .listener(listener);
  }

  @Test
  void assignedAddress_isTaken_andAskedForWithTheClientsToken() throws Exception {
    answer = assignment(60_000, gateway.port());
    start(assigned());

    FakeGateway.Peer peer = gateway.accept();
    assertThat(peer.hello().getRedirected()).as("no other node is to be better").isTrue();
    peer.welcome();
    listener.next(SessionInfo.class);
    assertThat(asked).containsExactly("/api/v1/nodes/assign Bearer a token");
  }

  @Test
  void assignment_isKeptAsLongAsItSays() throws Exception {
    answer = assignment(60_000, gateway.port());
    start(assigned());
    gateway.welcome().close();
    gateway.welcome();
    assertThat(asked).hasSize(1);
  }

  @Test
  void assignment_isAskedForAgain_whenItIsOld() throws Exception {
    answer = assignment(0, gateway.port());
    start(assigned());
    gateway.welcome().close();
    gateway.welcome();
    assertThat(asked).hasSize(2);
  }

  @Test
  void addressThatDoesNotAnswer_theNextOfTheAssignmentIsTaken() throws Exception {
    FakeGateway dead = FakeGateway.tcp();
    dead.close();
    answer = assignment(60_000, dead.port(), gateway.port());
    start(assigned().retryFirstConnect(false));
    gateway.welcome();
    listener.next(Recorded.Failed.class);
    listener.next(SessionInfo.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "no JSON",
        "{\"nodes\":[]}",
        "{\"nodes\":[{}]}",
        "{\"nodes\":[{\"address\":\"no address\"}]}",
        "{\"nodes\":7}"
      })
  void answerThatIsNone_theKnownAddressIsTaken(String nonsense) throws Exception {
    answer = nonsense;
    start(assigned().url(gateway.url()));
    FakeGateway.Peer peer = gateway.accept();
    Hello hello = peer.hello();
    assertThat(hello.getRedirected()).isFalse();
  }

  @Test
  void refusal_theKnownAddressIsTaken() throws Exception {
    status = 503;
    start(assigned().url(gateway.url()));
    gateway.welcome();
    listener.next(SessionInfo.class);
  }

  @Test
  void answerThatIsTooLarge_theKnownAddressIsTaken() throws Exception {
    answer = " ".repeat(100_000);
    start(assigned().url(gateway.url()));
    gateway.welcome();
    listener.next(SessionInfo.class);
  }

  @Test
  void noAnswer_theKnownAddressIsTakenInTime() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      start(
          assigned()
              .assign("http://127.0.0.1:" + silent.getLocalPort())
              .connectTimeout(Duration.ofMillis(200))
              .url(gateway.url()));
      gateway.welcome();
      listener.next(SessionInfo.class);
    }
  }

  @Test
  void laterFailure_theLastAssignmentIsTaken() throws Exception {
    answer = assignment(0, gateway.port());
    start(assigned());
    FakeGateway.Peer first = gateway.welcome();
    listener.next(SessionInfo.class);
    status = 503;
    first.close();
    gateway.welcome();
    assertThat(asked).hasSize(2);
  }

  @Test
  void nobodyAnswersAndNothingIsKnown_theClientGoesOnAsking() throws Exception {
    status = 503;
    TrunklineClient client = start(assigned());
    assertThat(listener.next(Recorded.Failed.class).toString()).contains("where to connect", "503");
    status = 200;
    answer = assignment(0, gateway.port());
    gateway.welcome();
    assertThat(await(client.connect()).nodeId()).isEqualTo("n-1");
  }

  @Test
  void callbacksOnTheEventLoop_theAnswerIsWaitedForElsewhere() throws Exception {
    answer = assignment(0, gateway.port());
    start(assigned().callbackExecutor(Runnable::run));
    gateway.welcome();
    listener.next(SessionInfo.class);
  }

  @Test
  void addressToAsk_isCompletedAndChecked() {
    assertThat(Assigner.whole(URI.create("http://h:1")))
        .hasToString("http://h:1/api/v1/nodes/assign");
    assertThat(Assigner.whole(URI.create("https://h:1/?by=user")))
        .hasToString("https://h:1/api/v1/nodes/assign?by=user");
    assertThat(Assigner.whole(URI.create("http://h:1/where?by=user")))
        .hasToString("http://h:1/where?by=user");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrunklineClient.builder().assign("tcp://h:1").options())
        .withMessageContaining("'tcp://h:1' is no address to ask");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrunklineClient.builder().options())
        .withMessage("no url");
  }
}
