package io.trunkline.systemtest.installation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;

/** The Artemis broker with the same users and settings as {@code run} has it. */
record BrokerPart(ContainerSettings settings, Installation installation) implements Part {
  private static final List<String> USERS = List.of("gateway", "console", "publisher", "backend");

  private Path folder() {
    return installation.data().resolve("artemis");
  }

  private Path users() {
    return installation.data().resolve("jms-users.properties");
  }

  @Override
  public void forget() throws IOException {
    Installation.deleteTree(folder());
  }

  @Override
  public void prepare() throws IOException {
    installation.makeSecrets();
    var users = new Properties();
    for (String user : USERS) {
      users.setProperty(user, installation.secret("jms-" + user));
    }
    Files.deleteIfExists(users());
    Files.createFile(
        users(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (var writer = Files.newBufferedWriter(users())) {
      users.store(writer, null);
    }
  }

  @Override
  public List<String> command() throws IOException {
    return Distribution.broker(folder(), installation.ports().port(PortBook.BROKER), users());
  }

  @Override
  public void awaitReady(Program program) {
    program.awaitOutput("ready", settings.readyTimeout());
  }
}
