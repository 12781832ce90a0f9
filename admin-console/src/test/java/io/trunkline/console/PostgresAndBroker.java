package io.trunkline.console;

import io.trunkline.jms.JmsConfig;
import io.trunkline.persistence.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The real database and the real broker, for as long as a test needs them. */
final class PostgresAndBroker implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final EmbeddedPostgres postgres;
  private final Process broker;
  private final int brokerPort;

  PostgresAndBroker(Path folder) throws IOException {
    brokerPort = freePort();
    Path users = folder.resolve("users.properties");
    Files.createFile(
        users, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(users, "gateway=gateway-secret\nconsole=console-secret\npublisher=p\n");
    broker =
        new ProcessBuilder(
                java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("broker.dir") + "/*",
                "io.trunkline.broker.BrokerMain",
                "--data",
                folder.resolve("broker").toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(brokerPort),
                "--users",
                users.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    postgres = EmbeddedPostgres.start();
    String line = broker.inputReader(StandardCharsets.UTF_8).readLine();
    if (!"ready".equals(line)) {
      throw new IllegalStateException("the broker said " + line);
    }
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  DatabaseConfig database() {
    return new DatabaseConfig(
        postgres.getJdbcUrl("postgres", "postgres"), "postgres", "unused", 4, TIMEOUT);
  }

  JmsConfig brokerAs(String user) {
    return new JmsConfig(
        "tcp://127.0.0.1:" + brokerPort, user, user + "-secret", TIMEOUT, Duration.ofSeconds(4));
  }

  @Override
  public void close() throws IOException {
    broker.getOutputStream().close();
    try {
      if (!broker.waitFor(5, TimeUnit.SECONDS)) {
        broker.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      broker.destroyForcibly();
    }
    postgres.close();
  }
}
