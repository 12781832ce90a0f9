package io.trunkline.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.client.FakeGateway;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientMainTest extends CliFixture {

  @Test
  void call_printsTheAnswer() throws Exception {
    CompletableFuture<Integer> running = start("call", "echo.echo", "hello", "--timeout", "3s");
    FakeGateway.Peer peer = gateway.welcome();
    Request request = peer.request();
    peer.answer(request, Status.OK, request.getPayload().toStringUtf8());
    peer.take();
    peer.close();

    assertThat(exitCode(running)).isZero();
    assertThat(request.getService()).isEqualTo("echo");
    assertThat(request.getMethod()).isEqualTo("echo");
    assertThat(out.toString().strip()).isEqualTo("hello");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void call_sendsJsonAsJson_andHeaders() throws Exception {
    for (String payload : List.of("{\"id\":7}", "[1, 2]", "7", "\"a\"", "null")) {
      Request request = requestOf("call", "orders.get", payload, "--header", "trace=t-1");

      assertThat(request.getContentType()).as(payload).isEqualTo("application/json");
      assertThat(request.getPayload().toStringUtf8()).isEqualTo(payload);
      assertThat(request.getHeadersMap()).containsExactly(Map.entry("trace", "t-1"));
    }
    for (String payload : List.of("{id:7}", "{\"id\":7", "hello", "{} {}")) {
      assertThat(requestOf("call", "orders.get", payload).getContentType())
          .as(payload)
          .isEqualTo("text/plain; charset=utf-8");
    }
    assertThat(requestOf("call", "a.b", "{}", "--content-type", "x/y").getContentType())
        .isEqualTo("x/y");
  }

  private Request requestOf(String... arguments) throws Exception {
    CompletableFuture<Integer> running =
        start(arguments[0], List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
    FakeGateway.Peer peer = gateway.welcome();
    Request request = peer.request();
    peer.answer(request, Status.OK, "");
    peer.take();
    peer.close();
    assertThat(exitCode(running)).isZero();
    return request;
  }

  @Test
  void call_takesThePayloadFromAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("order.json"), "{\"id\": 7}\n");

    Request request = requestOf("call", "orders.get", "@" + file);

    assertThat(request.getPayload().toStringUtf8()).isEqualTo("{\"id\": 7}\n");
    assertThat(request.getContentType()).isEqualTo("application/json");
    assertThat(run("call", "a.b", "@/does/not/exist", "--token", "t")).isEqualTo(2);
    assertThat(run("call", "a.b", "--header", "novalue", "--token", "t")).isEqualTo(2);
    assertThat(err.toString()).contains("cannot read the payload from /does/not/exist");
  }

  @Test
  void call_notOk_exits1WithTheStatus() throws Exception {
    CompletableFuture<Integer> running = start("call", "no.such");
    FakeGateway.Peer peer = gateway.welcome();
    peer.answer(peer.request(), Status.NOT_FOUND, "no such service");
    peer.take();
    peer.close();

    assertThat(exitCode(running)).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("NOT_FOUND: no such service");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void call_oneWay_doesNotWait() throws Exception {
    CompletableFuture<Integer> running = start("call", "log.write", "x", "--one-way");
    FakeGateway.Peer peer = gateway.welcome();

    assertThat(peer.request().getOneWay()).isTrue();
    assertThat(peer.take().hasBye()).isTrue();
    peer.close();
    assertThat(exitCode(running)).isZero();
  }

  @Test
  void refusedToken_exits1() throws Exception {
    CompletableFuture<Integer> running = start("listen");
    gateway.accept().error(CloseCode.TOKEN_INVALID, "forged");

    assertThat(exitCode(running)).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("TOKEN_INVALID (4400): forged");
  }

  @Test
  void nothingThere_exits2_withOneLine() {
    gateway.close();

    assertThat(exitCode(start("call", "echo.echo"))).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo("cannot reach " + gateway.url() + ": Connection refused");
  }

  @Test
  void wrongUse_exits2() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("listne")).isEqualTo(2);
    assertThat(run("listen", "--for", "soon", "--token", "t")).isEqualTo(2);
    assertThat(run("call", "nodot", "--token", "t", "--url", gateway.url())).isEqualTo(2);
    assertThat(run("call", "a.b", "--token", "t", "--url", "http://x:1")).isEqualTo(2);
    assertThat(run("call", "a.b", "--token", "@/does/not/exist")).isEqualTo(2);
    assertThat(err.toString())
        .contains("'soon' is not a duration")
        .contains("'nodot' is not service.method")
        .contains("'http://x:1' is neither tcp://host:port nor ws://host:port/path")
        .contains("cannot read the token from /does/not/exist");
  }

  @Test
  void commonOptions_beforeTheCommand() throws Exception {
    CompletableFuture<Integer> running =
        CompletableFuture.supplyAsync(
            () ->
                run("--url", gateway.url(), "--token", "t", "--device", "d-2", "call", "echo.echo"),
            threads);
    FakeGateway.Peer peer = gateway.accept();
    assertThat(peer.hello().getDeviceId()).isEqualTo("d-2");
    peer.error(CloseCode.OVERLOADED, "full");

    assertThat(exitCode(running)).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("OVERLOADED (4101): full");
  }

  @Test
  void token_fromAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "from a file\n");
    CompletableFuture<Integer> running =
        CompletableFuture.supplyAsync(
            () ->
                run(
                    "call",
                    "echo.echo",
                    "--url",
                    gateway.url(),
                    "--device",
                    "d",
                    "--attr",
                    "region=east",
                    "--token",
                    "@" + file),
            threads);
    FakeGateway.Peer peer = gateway.accept();
    var hello = peer.hello();
    peer.error(CloseCode.TOKEN_INVALID, "");

    assertThat(hello.getToken()).isEqualTo("from a file");
    assertThat(hello.getAttributesMap()).containsEntry("region", "east");
    assertThat(exitCode(running)).isEqualTo(1);
  }

  @Test
  void load_callsOnAllConnections_andPrintsASummary() throws Exception {
    CompletableFuture<Integer> running =
        start(
            "load", "--connections", "2", "--calls-per-second", "20", "--duration", "1s", "--json");
    List<FakeGateway.Peer> peers = List.of(gateway.welcome(), gateway.welcome());
    for (FakeGateway.Peer peer : peers) {
      CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> echo(peer), threads);
    }

    assertThat(exitCode(running)).isZero();
    JsonObject summary = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertThat(summary.get("connected").getAsInt()).isEqualTo(2);
    assertThat(summary.get("calls").getAsInt()).isGreaterThan(5);
    assertThat(summary.get("errors").getAsInt()).isZero();
  }

  private static void echo(FakeGateway.Peer peer) {
    try {
      Frame frame = peer.take();
      while (frame.hasRequest()) {
        peer.answer(frame.getRequest(), Status.OK, "");
        frame = peer.take();
      }
      peer.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void deviceFile_keepsItsId(@TempDir Path folder) {
    DeviceFile file = new DeviceFile(folder.resolve("new").resolve("device"));

    String id = file.read();

    assertThat(id).startsWith("cli-");
    assertThat(new DeviceFile(file.path()).read()).isEqualTo(id);
  }
}
