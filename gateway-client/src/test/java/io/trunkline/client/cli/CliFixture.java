package io.trunkline.client.cli;

import com.google.protobuf.ByteString;
import io.trunkline.client.FakeGateway;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Notify;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import picocli.CommandLine;

/** Commands as a user gives them, against a fake gateway. */
abstract class CliFixture {
  final FakeGateway gateway = FakeGateway.tcp();
  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  /** Commands block: the common pool of a small machine has a single thread. */
  final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    threads.shutdownNow();
    gateway.close();
  }

  int run(String... arguments) {
    CommandLine command = ClientMain.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  CompletableFuture<Integer> start(String name, String... more) {
    List<String> arguments = new ArrayList<>(List.of(name));
    arguments.addAll(List.of("--url", gateway.url(), "--token", "t", "--device", "d-1"));
    arguments.addAll(List.of(more));
    if (List.of("listen", "shell").contains(name) && !arguments.contains("--store")) {
      arguments.addAll(List.of("--store", "none"));
    }
    return CompletableFuture.supplyAsync(() -> run(arguments.toArray(String[]::new)), threads);
  }

  static int exitCode(CompletableFuture<Integer> running) {
    return running.orTimeout(60, TimeUnit.SECONDS).join();
  }

  static Notify.Builder news(String id, Expect expect) {
    return Notify.newBuilder()
        .setMessageId(id)
        .setType("news")
        .setExpect(expect)
        .setPayload(ByteString.copyFromUtf8("stock is low"));
  }
}
