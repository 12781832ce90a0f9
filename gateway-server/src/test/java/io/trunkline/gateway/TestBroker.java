package io.trunkline.gateway;

import io.trunkline.jms.JmsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The real broker in a process of its own; it ends with its standard input. */
final class TestBroker implements AutoCloseable {
  static final String PUBLISHER_PASSWORD = "publisher-secret";
  private static final String GATEWAY_PASSWORD = "gateway-secret";

  private final int port;
  private final Process process;

  TestBroker(Path folder) throws IOException {
    port = freePort();
    Path users = folder.resolve("users.properties");
    Files.createFile(
        users, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        users,
        "gateway=%s\nconsole=console-secret\npublisher=%s\n"
            .formatted(GATEWAY_PASSWORD, PUBLISHER_PASSWORD));
    process =
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
                users.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (!"ready".equals(line)) {
      throw new IllegalStateException("the broker said " + line);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  JmsConfig config() {
    return new JmsConfig(
        "tcp://127.0.0.1:" + port,
        "gateway",
        GATEWAY_PASSWORD,
        Duration.ofSeconds(5),
        Duration.ofSeconds(4));
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
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
