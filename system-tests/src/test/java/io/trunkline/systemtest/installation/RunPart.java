package io.trunkline.systemtest.installation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code ./trunkline run}: paused or killed is the launcher, with the node that it runs; what
 * becomes of its children is its own affair.
 */
record RunPart(ContainerSettings settings, Installation installation) implements Part {
  /** Its settings for ports, by their names in the port book. */
  private static final Map<String, String> PORTS =
      Map.of(
          "clients.port", Installation.PROGRAM,
          "api.port", Installation.PROGRAM + ".api",
          "console.port", Installation.PROGRAM + ".console",
          "embedded.postgres-port", PortBook.POSTGRES,
          "embedded.jms-port", PortBook.BROKER);

  /** All but the ports and whose it is: also what its tests left there. */
  @Override
  public void forget() throws IOException {
    Leftovers.end(installation);
    installation.deleteContent();
  }

  @Override
  public void prepare() throws IOException {
    if (settings.extensions().isEmpty()) {
      return;
    }
    Path folder = Files.createDirectories(installation.data().resolve("extensions"));
    for (Path jar : Distribution.jars(settings.extensions())) {
      Files.copy(jar, folder.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public List<String> command() throws IOException {
    List<String> all = new ArrayList<>();
    for (var port : PORTS.entrySet()) {
      all.add(port.getKey() + "=" + installation.ports().port(port.getValue()));
    }
    all.addAll(settings.settings());
    return Distribution.run(installation.data(), all, /* makesArchive= */ true);
  }

  @Override
  public void awaitReady(Program program) {
    program.awaitOutput("ready", settings.readyTimeout());
  }
}
