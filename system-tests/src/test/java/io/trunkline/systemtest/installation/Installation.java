package io.trunkline.systemtest.installation;

import io.trunkline.gateway.auth.DevelopmentKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A running installation as its owner sees it: what it printed at its last start, and its data
 * folder.
 *
 * @param folder of its output and data
 */
public record Installation(Path folder) {
  static final String PROGRAM = "run";
  private static final String DATA = "data";

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

  /** {@code tcp://host:port}. */
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
    return output(".out")
        .lines()
        .map(pattern::matcher)
        .filter(java.util.regex.Matcher::matches)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing printed like " + line))
        .group(group);
  }

  /** What the last start logged so far. */
  public String log() {
    return output(".err");
  }

  private String output(String kind) {
    try {
      return Files.readString(folder.resolve(PROGRAM + kind));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Process number of the launcher, and when it started. */
  Path pidFile() {
    return folder.resolve(PROGRAM + ".pid");
  }

  /** The same of a further node. */
  Path nodePidFile() {
    return folder.resolve("node.pid");
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
    return Long.parseLong(Files.readString(pidFile()).strip().split(" ", -1)[0]);
  }

  /** A password from the data folder. */
  public String secret(String name) throws IOException {
    var secrets = new Properties();
    try (var reader = Files.newBufferedReader(data().resolve("secrets.properties"))) {
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
