package io.trunkline.client.cli;

import com.google.protobuf.ByteString;
import io.trunkline.client.TrunklineClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One call. */
@Command(
    name = "call",
    description = "Calls a service and prints its answer.",
    mixinStandardHelpOptions = true)
final class CallCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ClientMain main = new ClientMain();

  @Parameters(index = "0", paramLabel = "SERVICE.METHOD")
  private String target = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PAYLOAD",
      description = "As it is; - reads standard input, @FILE a file")
  private String payload = "";

  @Option(
      names = "--timeout",
      paramLabel = "10s",
      defaultValue = "10s",
      description = "Wait so long for the answer. Default: ${DEFAULT-VALUE}")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(names = "--one-way", description = "Want no answer")
  private boolean oneWay;

  @Option(
      names = "--content-type",
      paramLabel = "TYPE",
      description = "Media type of the payload. Default: application/json if it is JSON, or text")
  private @Nullable String contentType;

  @Option(
      names = "--header",
      paramLabel = "K=V",
      description = "Sent with the call; as often as wanted")
  private Map<String, String> headers = new LinkedHashMap<>();

  @Override
  public Integer call() throws InterruptedException, IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    CallTarget name = CallTarget.parse(target);
    if (timeout.toMillis() < 1) {
      throw new CliException(ClientMain.UNUSABLE, "--timeout is under 1 ms");
    }
    byte[] bytes = bytes();
    String type =
        contentType == null
            ? CallTarget.contentType(new String(bytes, StandardCharsets.UTF_8))
            : contentType;
    OutgoingCall call =
        new OutgoingCall(
            name.service(), name.method(), ByteString.copyFrom(bytes), type, headers, timeout);
    try (TrunklineClient client = main.connect().builderForOneThing().build()) {
      var unusedSession = ConnectOptions.connect(client);
      CompletableFuture<CallResult> outcome = oneWay ? client.callOneWay(call) : client.call(call);
      CallResult result = outcome.join();
      new CallPrinter(out, err, main.connect().json).print(result, oneWay);
      ConnectOptions.end(client);
      return result.ok() ? 0 : ClientMain.REFUSED;
    }
  }

  private byte[] bytes() throws IOException {
    if (payload.equals("-")) {
      return System.in.readAllBytes();
    }
    if (!payload.startsWith("@")) {
      return payload.getBytes(StandardCharsets.UTF_8);
    }
    Path file = Path.of(payload.substring(1));
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CliException(ClientMain.UNUSABLE, "cannot read the payload from " + file);
    }
  }
}
