package io.trunkline.systemtest.installation;

import io.trunkline.gateway.auth.DevelopmentKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * What belongs together, as its owner sees it: its folder, its ports, its passwords, and what
 * {@code run} printed at its last start.
 *
 * @param folder of output and data
 */
public record Installation(Path folder) {
  static final String PROGRAM = "run";
  private static final String DATA = "data";
  private static final String USER = "user";
  private static final int SECRET_BYTES = 24;
  private static final List<String> SECRETS =
      List.of(
          "postgres-superuser",
          "postgres-trunkline",
          "jms-gateway",
          "jms-console",
          "jms-publisher",
          "jms-backend",
          "api-token");

  /** Where reports are read. */
  public record Reports(String address, String user, String password) {
    /** The same for JDBC, without user and password. */
    public String jdbcUrl() {
      return "jdbc:" + address.replaceFirst("//[^@]*@", "//");
    }
  }

  /**
   * The installation of a container.
   *
   * @param name property {@code installation} in {@code arquillian.xml}
   */
  public static Installation of(String name) {
    return new Installation(Distribution.testFolder().resolve(name));
  }

  public Path data() {
    return folder.resolve(DATA);
  }

  /** Which back end answers what; {@code run} puts it there, and so may a test before the start. */
  public Path routes() {
    return data().resolve("routes.properties");
  }

  PortBook ports() {
    return new PortBook(folder);
  }

  /** JDBC address of the database, without user and password; it need not run. */
  public String databaseUrl() {
    return databaseUrl(portOf(PortBook.POSTGRES));
  }

  static String databaseUrl(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/trunkline";
  }

  /** JMS address of the broker; it need not run. */
  public String brokerUrl() {
    return brokerUrl(portOf(PortBook.BROKER));
  }

  static String brokerUrl(int port) {
    return "tcp://127.0.0.1:" + port;
  }

  private int portOf(String name) {
    try {
      return ports().port(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code tcp://host:port}, as {@code run} printed it; so the next ones. */
  public String clientUrl() {
    return printed("clients +(tcp://\\S+)", 1);
  }

  public String consoleUrl() {
    return printed("console +(http://\\S+)  user", 1);
  }

  /** {@code http://host:port/api/v1}. */
  public String apiUrl() {
    return printed("management API +(http://\\S+)  bearer", 1);
  }

  public String jmsUrl() {
    return printed("JMS +(tcp://\\S+)  user", 1);
  }

  /** The address as printed: with the password by the first start, without it by a later one. */
  public Reports reports() {
    String line = "reports \\(SQL\\) +(postgresql://([^:]+):([^@]+)@\\S+)";
    try {
      return new Reports(printed(line, 1), printed(line, 2), secret("postgres-report"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A part of the line that a regular expression matches whole. */
  private String printed(String line, int group) {
    Pattern pattern = Pattern.compile(line + ".*");
    return output(PROGRAM, ".out")
        .lines()
        .map(pattern::matcher)
        .filter(java.util.regex.Matcher::matches)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing printed like " + line))
        .group(group);
  }

  /** What the last start logged so far. */
  public String log() {
    return output(PROGRAM, ".err");
  }

  String output(String program, String kind) {
    try {
      return Files.readString(folder.resolve(program + kind));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Process number of a container's process, and when it started. */
  Path pidFile(String program) {
    return folder.resolve(program + ".pid");
  }

  /** The test run that uses it. */
  private Path userFile() {
    return folder.resolve(USER);
  }

  /** Another living test run that uses it. */
  Optional<ProcessHandle> otherUser() throws IOException {
    return Leftovers.process(userFile())
        .filter(process -> process.pid() != ProcessHandle.current().pid());
  }

  /**
   * Takes it for this test run. What a dead one left running is ended.
   *
   * @throws IOException if another uses it
   */
  void claim() throws IOException {
    Optional<ProcessHandle> other = otherUser();
    if (other.isPresent()) {
      throw new IOException(folder + " is used by the test run of process " + other.get().pid());
    }
    if (Leftovers.process(userFile()).isEmpty()) {
      Leftovers.end(this);
      ports().forget();
      Files.createDirectories(folder);
      Leftovers.remember(userFile(), ProcessHandle.current());
    }
  }

  /** All but the ports, and whose it is. */
  void deleteContent() throws IOException {
    try (var all = Files.list(folder)) {
      for (Path each : all.toList()) {
        if (!PortBook.is(each) && !each.equals(userFile())) {
          deleteTree(each);
        }
      }
    }
  }

  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /**
   * Passwords and the key of tokens, under the names that {@code run} has for them, where they are
   * missing.
   */
  void makeSecrets() throws IOException {
    synchronized (Installation.class) {
      Files.createDirectories(data());
      if (!DevelopmentKey.exists(data())) {
        DevelopmentKey.create(data());
      }
      if (!Files.exists(secrets())) {
        var random = new SecureRandom();
        var made = new Properties();
        for (String name : SECRETS) {
          byte[] bytes = new byte[SECRET_BYTES];
          random.nextBytes(bytes);
          made.setProperty(name, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        try (var writer = Files.newBufferedWriter(secrets())) {
          made.store(writer, null);
        }
      }
    }
  }

  private Path secrets() {
    return data().resolve("secrets.properties");
  }

  /**
   * SIGKILL to a process that the launcher started.
   *
   * @param name {@code broker}, {@code postgres} or {@code console}
   * @return its number; empty if it does not run just now
   */
  public OptionalLong kill(String name) throws IOException {
    Optional<ProcessHandle> process = Leftovers.process(data().resolve(name + ".pid"));
    process.ifPresent(ProcessHandle::destroyForcibly);
    return process.map(found -> OptionalLong.of(found.pid())).orElse(OptionalLong.empty());
  }

  /** Process number of the launcher. */
  public long pid() throws IOException {
    return Long.parseLong(Files.readString(pidFile(PROGRAM)).strip().split(" ", -1)[0]);
  }

  /** A password from the data folder. */
  public String secret(String name) throws IOException {
    var secrets = new Properties();
    try (var reader = Files.newBufferedReader(secrets())) {
      secrets.load(reader);
    }
    return Optional.ofNullable(secrets.getProperty(name)).orElseThrow();
  }

  /** A token that is good for an hour. */
  public String token(String user) throws IOException {
    return token(user, Map.of(), Duration.ofHours(1));
  }

  public String token(String user, Map<String, String> attributes, Duration ttl)
      throws IOException {
    return DevelopmentKey.read(data()).sign(user, Optional.empty(), attributes, ttl);
  }
}
