package io.trunkline.client.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry of the command-line client. */
@Command(
    name = "client",
    description = "A client of a Trunkline gateway.",
    mixinStandardHelpOptions = true,
    version = "trunkline client 0.1.0",
    synopsisSubcommandLabel = "(listen | call | shell | load)",
    subcommands = {ListenCommand.class, CallCommand.class, ShellCommand.class, LoadCommand.class})
public final class ClientMain implements Runnable {
  /** The other side said no. */
  static final int REFUSED = 1;

  /** Wrong use, or nothing there. */
  static final int UNUSABLE = 2;

  private static final String LOGBACK_FILE = "logback.configurationFile";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ConnectOptions connect = new ConnectOptions();

  ClientMain() {}

  ConnectOptions connect() {
    return connect;
  }

  public static void main(String[] args) {
    if (System.getProperty(LOGBACK_FILE) == null) {
      System.setProperty(LOGBACK_FILE, "io/trunkline/client/cli/logback.xml");
    }
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new ClientMain())
        .setCommandName("trunkline client")
        // @file is a value of --token here.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(java.time.Duration.class, Durations::parse)
        .setExecutionExceptionHandler(ClientMain::explain);
  }

  private static int explain(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (failure instanceof CliException expected) {
      err.println(expected.getMessage());
      err.flush();
      return expected.exitCode();
    }
    failure.printStackTrace(err);
    err.flush();
    return UNUSABLE;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to do: listen, call, shell or load.");
  }
}
