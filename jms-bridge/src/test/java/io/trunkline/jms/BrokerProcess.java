package io.trunkline.jms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The real broker, in a process that can be killed and started again on the same data; also for the
 * tests of other modules. Its programs are where the system property {@code broker.dir} says.
 */
public final class BrokerProcess implements AutoCloseable {
  public static final String GATEWAY_PASSWORD = "gateway-secret";
  public static final String CONSOLE_PASSWORD = "console-secret";
  public static final String PUBLISHER_PASSWORD = "publisher-secret";
  public static final String BACK_END_PASSWORD = "backend-secret";

  private static final AtomicBoolean connected = new AtomicBoolean();

  private final Path folder;
  private final int port;
  private Process process;

  public BrokerProcess(Path folder) throws IOException {
    this.folder = folder;
    this.port = FreePorts.take();
    Path users = users();
    Files.createFile(
        users, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        users,
        "gateway=%s\nconsole=%s\npublisher=%s\nbackend=%s\n"
            .formatted(GATEWAY_PASSWORD, CONSOLE_PASSWORD, PUBLISHER_PASSWORD, BACK_END_PASSWORD));
    this.process = launch();
    connectOnce();
  }

  /**
   * A JVM's first connection loads the client's classes. Beside other JVMs that can take longer
   * than a connection may, which is not what any test is about.
   */
  private void connectOnce() {
    if (connected.getAndSet(true)) {
      return;
    }
    var patient =
        new JmsConfig(
            url(), "gateway", GATEWAY_PASSWORD, Duration.ofMinutes(1), Duration.ofSeconds(4));
    try {
      JmsBridge.open(patient, "first").close();
    } catch (BrokerUnavailableException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path users() {
    return folder.resolve("users.properties");
  }

  private Process launch() throws IOException {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("broker.dir") + "/*",
                "io.trunkline.broker.BrokerMain",
                "--data",
                folder.resolve("data").toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--users",
                users().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = started.inputReader(StandardCharsets.UTF_8).readLine();
    if (!"ready".equals(line)) {
      throw new IllegalStateException("the broker said " + line);
    }
    return started;
  }

  public String url() {
    return "tcp://127.0.0.1:" + port;
  }

  public JmsConfig config() {
    return config("gateway", GATEWAY_PASSWORD);
  }

  /** For a program that logs in as this user. */
  public JmsConfig config(String user, String password) {
    return new JmsConfig(url(), user, password, Duration.ofSeconds(5), Duration.ofSeconds(4));
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** On the data that was there. */
  public void startAgain() throws IOException {
    process = launch();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
