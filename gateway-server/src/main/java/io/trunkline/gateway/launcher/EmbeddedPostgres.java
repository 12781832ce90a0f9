package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * PostgreSQL as {@code run} starts it: durable as PostgreSQL is by default, on 127.0.0.1 only, no
 * socket file, every connection by password (SCRAM).
 */
public final class EmbeddedPostgres implements Child.Kind {
  static final String DATABASE = "trunkline";
  static final String OWNER = "trunkline";

  private static final String SUPERUSER = "postgres";
  private static final long READY_TIMEOUT_MS = 60_000; // recovery after a crash takes its time
  private static final long READY_POLL_MS = 20;

  private final Path home;
  private final Path data;
  private final Path log;
  private final int port;

  /**
   * @param home where the programs are
   * @param data the cluster's folder
   */
  EmbeddedPostgres(Path home, Path data, Path log, int port) {
    this.home = home;
    this.data = data;
    this.log = log;
    this.port = port;
  }

  /**
   * One with the programs that come with the distribution; nothing is started yet.
   *
   * @param distribution where the programs are put if they are not there
   * @param data the cluster's folder; made by {@link #initialize}
   * @param log where what the programs say is appended
   * @param port on 127.0.0.1
   * @throws StartupException if there is none for this machine
   */
  public static EmbeddedPostgres of(Path distribution, Path data, Path log, int port)
      throws IOException, StartupException {
    return new EmbeddedPostgres(PostgresBinaries.unpack(distribution), data, log, port);
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
  }

  /**
   * Makes the cluster if there is none: whole or not at all.
   *
   * @return whether it made one
   */
  public boolean initialize(String superuserPassword) throws IOException, InterruptedException {
    if (Files.exists(data.resolve("PG_VERSION"))) {
      return false;
    }
    Path passwordFile =
        Files.createTempFile(
            log.getParent(),
            "initdb",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Path making = data.resolveSibling(data.getFileName() + ".new");
    deleteTree(making);
    try {
      Files.writeString(passwordFile, superuserPassword + "\n");
      run(
          "initdb",
          "--pgdata=" + making,
          "--username=" + SUPERUSER,
          "--pwfile=" + passwordFile,
          "--auth=scram-sha-256",
          "--encoding=UTF8",
          "--locale-provider=builtin",
          "--builtin-locale=C.UTF-8",
          "--locale=C",
          "--data-checksums");
      Files.move(making, data);
      return true;
    } finally {
      Files.delete(passwordFile);
    }
  }

  /** Makes the owner and the database if they are not there. */
  public void provision(String superuserPassword, String ownerPassword) throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, SUPERUSER, superuserPassword);
        var statement = connection.createStatement()) {
      if (isMissing(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", OWNER)) {
        // CREATEROLE: the migrations make the read-only role of the reports. The password is ours:
        // letters, digits, '-' and '_'.
        statement.execute(
            "CREATE ROLE " + OWNER + " LOGIN CREATEROLE PASSWORD '" + ownerPassword + "'");
      }
      if (isMissing(connection, "SELECT 1 FROM pg_database WHERE datname = ?", DATABASE)) {
        statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + OWNER);
        statement.execute("REVOKE ALL ON DATABASE " + DATABASE + " FROM PUBLIC");
      }
    }
  }

  private static boolean isMissing(Connection connection, String sql, String name)
      throws SQLException {
    try (var query = connection.prepareStatement(sql)) {
      query.setString(1, name);
      try (var found = query.executeQuery()) {
        return !found.next();
      }
    }
  }

  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = asOtherThanRoot(program);
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(program + " failed, see " + log);
    }
  }

  /**
   * PostgreSQL refuses to run as root; in a user namespace of its own it does not see that it is.
   */
  private List<String> asOtherThanRoot(String program) {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.add("unshare");
      command.add("--user");
    }
    command.add(home.resolve("bin").resolve(program).toString());
    return command;
  }

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public List<String> command() {
    List<String> command = asOtherThanRoot("postgres");
    command.addAll(
        List.of(
            "-D", data.toString(),
            "-p", Integer.toString(port),
            "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=",
            "-c", "password_encryption=scram-sha-256",
            "-c", "max_connections=100"));
    return command;
  }

  /** The server writes its state into the eighth line of {@code postmaster.pid}. */
  @Override
  public void awaitReady(Process process)
      throws StartupException, InterruptedException, IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_TIMEOUT_MS);
    Path stateFile = data.resolve("postmaster.pid");
    while (System.nanoTime() < deadline) {
      if (process.waitFor(READY_POLL_MS, TimeUnit.MILLISECONDS)) {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        throw new StartupException(
            "PostgreSQL did not start: " + (lines.isEmpty() ? "see " + log : lines.getLast()));
      }
      if (Files.exists(stateFile)) {
        List<String> lines = readState(stateFile);
        if (lines.size() >= 8
            && lines.get(0).equals(Long.toString(process.pid()))
            && lines.get(7).strip().equals("ready")) {
          return;
        }
      }
    }
    throw new StartupException(
        "PostgreSQL is not ready after " + READY_TIMEOUT_MS / 1000 + " s, see " + log);
  }

  private static List<String> readState(Path stateFile) {
    try {
      return Files.readAllLines(stateFile, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return List.of(); // it is being replaced
    }
  }

  /** SIGINT: a fast shutdown, which ends sessions and writes a checkpoint. */
  @Override
  public void requestStop(ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      process.destroy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Path log() {
    return log;
  }

  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
