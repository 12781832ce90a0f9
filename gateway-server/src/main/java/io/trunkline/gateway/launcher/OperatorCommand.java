package io.trunkline.gateway.launcher;

import io.trunkline.configuration.Configuration;
import io.trunkline.gateway.StartupException;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.DatabaseConfig;
import io.trunkline.persistence.DatabaseUnavailableException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "operator",
    mixinStandardHelpOptions = true,
    description = {
      "Enters an operator of the console, or changes the password, in the database that db.* name.",
      "Asks for the password, or reads it from the first line of standard input."
    })
final class OperatorCommand implements Callable<Integer> {
  private static final int MIN_PASSWORD_LENGTH = 12;

  @Parameters(paramLabel = "NAME", description = "The operator's name.")
  private String name = "";

  @Mixin private SettingsOptions settings = new SettingsOptions();

  /** The one section that is of use here. */
  record OperatorConfig(DatabaseConfig db) {}

  @Override
  public Integer call() throws StartupException, DatabaseUnavailableException, IOException {
    Configuration given = settings.read();
    OperatorConfig config = given.bind(OperatorConfig.class);
    char[] password = readPassword();
    if (password.length < MIN_PASSWORD_LENGTH) {
      throw new StartupException(
          "the password needs at least "
              + MIN_PASSWORD_LENGTH
              + " characters; nothing was changed");
    }
    try (Database database = Database.open(config.db())) {
      database.migrate();
      boolean there = database.operators().exists(name);
      database.operators().setPassword(name, password);
      System.out.println((there ? "password changed of " : "entered ") + name);
    } finally {
      Arrays.fill(password, ' ');
    }
    return 0;
  }

  // From JDK 22 on it is never null, but the null checker knows the older contract.
  @SuppressWarnings("SystemConsoleNull")
  private char[] readPassword() throws IOException {
    Console terminal = System.console();
    if (terminal != null && terminal.isTerminal()) {
      char[] typed = terminal.readPassword("Password of %s: ", name);
      return typed == null ? new char[0] : typed;
    }
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return line == null ? new char[0] : line.toCharArray();
  }
}
