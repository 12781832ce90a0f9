package io.trunkline.gateway.launcher;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The programs of the server side, as {@code ./trunkline} calls them. */
@Command(
    name = "trunkline",
    description = "Gateway for long-lived connections.",
    subcommands = {RunCommand.class, NodeCommand.class, TokenCommand.class, PublishCommand.class})
public final class Main {
  /** Wrong use, or something that is needed is not there. */
  static final int EXIT_USAGE = 2;

  private Main() {}

  public static void main(String[] arguments) {
    var commandLine = new CommandLine(new Main());
    commandLine.setExecutionExceptionHandler(
        (failure, line, parsed) -> {
          line.getErr().println(Failures.oneLine(failure));
          return EXIT_USAGE;
        });
    System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    int exit = commandLine.execute(arguments);
    System.exit(exit);
  }
}
