package io.trunkline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a line of the routes file to a server and back, through a node as it runs. */
class RemoteBackEndsTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch release = new CountDownLatch(1);
  private final HttpServer server;
  private final Path file;
  private final Gateway gateway;
  private final TestClient client;

  RemoteBackEndsTest(@TempDir Path folder) throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/api",
        exchange -> {
          if (exchange.getRequestURI().getPath().endsWith("/slow")) {
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          byte[] answer =
              ("\"" + exchange.getRequestMethod() + " " + exchange.getRequestURI() + "\"")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    file = folder.resolve("routes.properties");
    routes("");
    gateway =
        fixture.startNode(
            "gw-back-ends",
            Map.of("uplink.routes", file.toString(), "uplink.routes-check", "50ms"));
    String address = gateway.clientAddress();
    int colon = address.lastIndexOf(':');
    client =
        TestClient.connect(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    client.hello(fixture.token("back-ends"), "d1", Map.of());
    assertThat(client.receive().hasWelcome()).isTrue();
  }

  private void routes(String more) throws IOException {
    Files.writeString(
        file,
        """
        catalogue.backend = http
        catalogue.url = http://127.0.0.1:%d/api
        catalogue.method.get = GET /items/{id}
        catalogue.method.* = POST /{method}
        nobody.backend = jms
        %s
        """
            .formatted(server.getAddress().getPort(), more));
  }

  @AfterEach
  void stop() throws IOException {
    release.countDown();
    client.close();
    gateway.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void send(long seq, String service, String method, int deadlineMs) throws IOException {
    client.send(
        Frame.newBuilder()
            .setRequest(
                Request.newBuilder()
                    .setSeq(seq)
                    .setService(service)
                    .setMethod(method)
                    .setContentType("application/json")
                    .setPayload(ByteString.copyFromUtf8("{\"id\":7}"))
                    .setDeadlineMs(deadlineMs))
            .build());
  }

  private Response call(String service, String method, int deadlineMs) throws IOException {
    send(1, service, method, deadlineMs);
    return client.receive().getResponse();
  }

  @Test
  void callOfAMethod_isARequestToTheServer_andItsAnswerComesBack() throws Exception {
    assertThat(call("catalogue", "get", 5_000).getPayload().toStringUtf8())
        .isEqualTo("\"GET /api/items/7\"");
    assertThat(call("catalogue", "put", 5_000).getPayload().toStringUtf8())
        .isEqualTo("\"POST /api/put\"");
  }

  @Test
  void queueThatNobodyTakesFrom_isOneOutcomeInTime() throws Exception {
    assertThat(call("nobody", "get", 500).getStatus())
        .isIn(Status.DEADLINE_EXCEEDED, Status.UNAVAILABLE);
  }

  @Test
  void routeThatIsTakenAway_letsTheRequestFinish() throws Exception {
    send(9, "catalogue", "slow", 30_000);
    Files.writeString(file, "# nothing\n");
    await().until(() -> call("catalogue", "get", 5_000).getStatus() == Status.NOT_FOUND);
    release.countDown();
    Response answer = client.receive().getResponse();
    assertThat(answer.getSeq()).isEqualTo(9);
    assertThat(answer.getPayload().toStringUtf8()).isEqualTo("\"POST /api/slow\"");
  }

  @Test
  void serverThatIsStopped_opensTheCircuit() throws Exception {
    routes("catalogue.breaker.calls = 4\ncatalogue.breaker.open-for = 1h");
    server.stop(0);
    await()
        .until(
            () -> {
              Response answer = call("catalogue", "get", 5_000);
              return answer.getStatus() == Status.UNAVAILABLE
                  && answer.getRetryAfterMs() > 3_000_000;
            });
    assertThat(call("echo", "echo", 5_000).getStatus()).isEqualTo(Status.OK);
  }
}
