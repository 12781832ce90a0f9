package io.trunkline.systemtest.installation;

import io.trunkline.gateway.StartupException;
import io.trunkline.gateway.launcher.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * PostgreSQL with the same programs and settings as {@code run} has it. Its back ends are processes
 * of their own: they are paused and killed with it, as by a machine that stops.
 */
record PostgresPart(Installation installation, EmbeddedPostgres server) implements Part {

  static PostgresPart of(Installation installation) throws IOException, StartupException {
    return new PostgresPart(
        installation,
        EmbeddedPostgres.of(
            Distribution.root(),
            folder(installation),
            installation.folder().resolve("postgres.err"),
            installation.ports().port(PortBook.POSTGRES)));
  }

  private static Path folder(Installation installation) {
    return installation.data().resolve("postgres");
  }

  @Override
  public void forget() throws IOException {
    Installation.deleteTree(folder(installation));
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    installation.makeSecrets();
    server.initialize(installation.secret("postgres-superuser"));
  }

  @Override
  public List<String> command() {
    return server.command();
  }

  @Override
  public void awaitReady(Program program)
      throws IOException, InterruptedException, StartupException {
    server.awaitReady(program.process());
    try {
      server.provision(
          installation.secret("postgres-superuser"), installation.secret("postgres-trunkline"));
    } catch (SQLException e) {
      throw new IOException("PostgreSQL is ready, but refuses us", e);
    }
  }

  /** A fast shutdown, which does not wait for clients. */
  @Override
  public void requestStop(ProcessHandle process) throws IOException {
    Signals.interrupt(process);
  }

  @Override
  public List<ProcessHandle> members(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants()).toList();
  }
}
