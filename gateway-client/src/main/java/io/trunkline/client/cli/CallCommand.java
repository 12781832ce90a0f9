package io.trunkline.client.cli;

import io.trunkline.client.TrunklineClient;
import io.trunkline.invocation.CallResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
      description = "Text; - reads standard input")
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
      description = "Media type of the payload. Default: application/json if it looks so, or text")
  private @Nullable String contentType;

  @Override
  public Integer call() throws InterruptedException, IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    CallTarget name = CallTarget.parse(target);
    if (timeout.isZero()) {
      throw new CliException(ClientMain.UNUSABLE, "--timeout is zero");
    }
    byte[] bytes =
        payload.equals("-") ? System.in.readAllBytes() : payload.getBytes(StandardCharsets.UTF_8);
    String type = contentType == null ? CallTarget.contentType(payload) : contentType;
    try (TrunklineClient client = main.connect().builderForOneThing().build()) {
      var unusedSession = ConnectOptions.connect(client);
      CompletableFuture<CallResult> outcome =
          oneWay
              ? client.callOneWay(name.service(), name.method(), bytes, type)
              : client.call(name.service(), name.method(), bytes, type, timeout);
      CallResult result = outcome.join();
      new CallPrinter(out, err, main.connect().json).print(result, oneWay);
      ConnectOptions.end(client);
      return result.ok() ? 0 : ClientMain.REFUSED;
    }
  }
}
