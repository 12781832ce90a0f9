package io.trunkline.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.trunkline.client.FakeGateway;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClientMainTest {
  private final FakeGateway gateway = FakeGateway.tcp();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Commands block: the common pool of a small machine has a single thread. */
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    threads.shutdownNow();
    gateway.close();
  }

  private int run(String... arguments) {
    CommandLine command = ClientMain.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  private CompletableFuture<Integer> start(String name, String... more) {
    List<String> arguments = new ArrayList<>(List.of(name));
    arguments.addAll(List.of("--url", gateway.url(), "--token", "t", "--device", "d-1"));
    arguments.addAll(List.of(more));
    if (List.of("listen", "shell").contains(name) && !arguments.contains("--store")) {
      arguments.addAll(List.of("--store", "none"));
    }
    return CompletableFuture.supplyAsync(() -> run(arguments.toArray(String[]::new)), threads);
  }

  private static int exitCode(CompletableFuture<Integer> running) {
    return running.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static Notify.Builder news(String id, Expect expect) {
    return Notify.newBuilder()
        .setMessageId(id)
        .setType("news")
        .setExpect(expect)
        .setPayload(ByteString.copyFromUtf8("stock is low"));
  }

  @Test
  void listen_printsTimeIdStreamOffsetTypeText_acknowledges_andEndsAfterCount() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--count", "2");
    FakeGateway.Peer peer = gateway.welcome();
    peer.notify(news("m-1", Expect.NOTHING));
    peer.notify(news("m-2", Expect.ACK));

    assertThat(peer.take().getAck().getMessageId()).isEqualTo("m-2");
    assertThat(peer.take().hasBye()).isTrue();
    peer.close();

    assertThat(exitCode(running)).isZero();
    assertThat(out.toString().lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .matches("\\S+Z m-1 - - news stock is low");
    assertThat(err.toString()).contains("connected session s-1 on node n-1");
  }

  @Test
  void listen_noAck_acknowledgesNothing() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--no-ack", "--count", "1");
    FakeGateway.Peer peer = gateway.welcome();
    peer.notify(news("m-1", Expect.ACK));

    assertThat(peer.take().hasBye()).isTrue();
    peer.close();
    assertThat(exitCode(running)).isZero();
  }

  @Test
  void listen_kicked_asJson_exits1() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--json");
    FakeGateway.Peer peer = gateway.welcome();
    peer.notify(news("m-1", Expect.NOTHING));
    peer.error(CloseCode.KICKED, "by an operator");

    assertThat(exitCode(running)).isEqualTo(1);
    List<JsonObject> events =
        out.toString().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    assertThat(events)
        .extracting(event -> event.get("event").getAsString())
        .containsExactly("connected", "notification", "disconnected");
    assertThat(events.get(0).get("session").getAsString()).isEqualTo("s-1");
    assertThat(events.get(1).get("payload").getAsString()).isEqualTo("stock is low");
    JsonObject end = events.get(2);
    assertThat(end.get("code").getAsInt()).isEqualTo(4502);
    assertThat(end.get("name").getAsString()).isEqualTo("KICKED");
    assertThat(end.get("message").getAsString()).isEqualTo("by an operator");
    assertThat(end.get("reconnect").getAsBoolean()).isFalse();
  }

  @Test
  void listen_refused_asJson_saysTheCode() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--json");
    gateway.accept().error(CloseCode.BANNED, "for a day");

    assertThat(exitCode(running)).isEqualTo(1);
    JsonObject event = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertThat(event.get("event").getAsString()).isEqualTo("attempt-failed");
    assertThat(event.get("code").getAsInt()).isEqualTo(4503);
    assertThat(err.toString().strip()).isEqualTo("BANNED (4503): for a day");
  }

  @Test
  void shell_obeysLineByLine_andShowsNotificationsBetween() throws Exception {
    InputStream before = System.in;
    try (PipedOutputStream typed = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(typed));
      CompletableFuture<Integer> running = start("shell");
      FakeGateway.Peer peer = gateway.welcome();
      typed.write("status\nnonsense\ncall echo.echo two words\n".getBytes(UTF_8));
      typed.flush();
      Request request = peer.request();
      peer.notify(news("m-1", Expect.NOTHING));
      peer.answer(request, Status.OK, request.getPayload().toStringUtf8());
      typed.write("quit\n".getBytes(UTF_8));
      typed.flush();
      assertThat(peer.take().hasBye()).isTrue();
      peer.close();

      assertThat(exitCode(running)).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(out.toString())
        .contains("CONNECTED session s-1 on node n-1")
        .contains("m-1 - - news stock is low")
        .contains("two words");
    assertThat(err.toString()).contains("'nonsense' is not a command; try help");
  }

  @Test
  void listen_for_endsInTime() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--for", "50ms");
    FakeGateway.Peer peer = gateway.welcome();

    assertThat(peer.take().hasBye()).isTrue();
    peer.close();
    assertThat(exitCode(running)).isZero();
  }

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
