package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import io.trunkline.gateway.auth.DevelopmentKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = "Prints a client token signed with the local installation's development key.")
final class TokenCommand implements Callable<Integer> {
  @Option(names = "--user", required = true, description = "The user, claim 'sub'.")
  private String user = "";

  @Option(names = "--device", description = "Makes it valid for this device only.")
  private @Nullable String device;

  @Option(
      names = "--attr",
      paramLabel = "KEY=VALUE",
      description = "An attribute of the user. May be repeated.")
  private Map<String, String> attributes = new LinkedHashMap<>();

  @Option(
      names = "--ttl",
      defaultValue = "1h",
      converter = DurationConverter.class,
      description = "How long it is valid, as 30s, 15m, 1h or 7d [${DEFAULT-VALUE}].")
  private Duration ttl = Duration.ofHours(1);

  @Option(
      names = "--count",
      defaultValue = "1",
      description =
          "So many tokens, one a line, for users <user>-1, <user>-2, ...; for load tests.")
  private int count = 1;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "Folder of the local installation [${DEFAULT-VALUE}].")
  private Path data = Path.of("data");

  @Override
  public Integer call() throws StartupException {
    DevelopmentKey key;
    try {
      key = DevelopmentKey.read(data);
    } catch (IOException e) {
      throw new StartupException(
          "no development key in " + data + ": start ./trunkline run first, or name one by --data",
          e);
    }
    for (int i = 1; i <= count; i++) {
      String name = count == 1 ? user : user + "-" + i;
      System.out.println(key.sign(name, Optional.ofNullable(device), attributes, ttl));
    }
    return 0;
  }
}
