package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** One more gateway node, on the database and the broker of the installation under test. */
final class FurtherNode implements Target {
  private final String id;
  private final JavaProcess process;
  private final InetSocketAddress address;
  private final String api;

  private FurtherNode(String id, JavaProcess process) throws BenchmarkException {
    this.id = id;
    this.process = process;
    this.address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(),
            Integer.parseInt(process.told(Gateway.CLIENTS).group(1)));
    this.api = process.told(Gateway.API).group(1);
  }

  /** Starts it and waits until it serves; it ends with the lab. */
  static FurtherNode start(Lab lab, Gateway gateway, String id) throws BenchmarkException {
    var settings = new Properties();
    settings.putAll(Lab.QUIET_CLIENTS);
    settings.putAll(
        Map.of(
            "node.id",
            id,
            "clients.port",
            "0",
            "api.port",
            "0",
            "api.token",
            lab.secret("api-token"),
            "auth.public-key",
            lab.data().resolve("token-key.pub.pem").toString(),
            "db.url",
            "jdbc:postgresql://127.0.0.1:" + gateway.databasePort() + "/trunkline",
            "db.user",
            "trunkline",
            "db.password",
            lab.secret("postgres-trunkline"),
            "jms.url",
            gateway.jmsUrl()));
    settings.putAll(Map.of("jms.user", "gateway", "jms.password", lab.secret("jms-gateway")));
    // Many programs start on one machine.
    settings.putAll(Map.of("db.connect-timeout", "30s", "jms.connect-timeout", "30s"));
    Path file = lab.data().resolve(id + ".properties");
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
        settings.store(writer, null);
      }
    } catch (IOException e) {
      throw new BenchmarkException("settings of " + id + ": " + e.getMessage(), e);
    }
    lab.progress().say("starting node " + id);
    List<String> command = JavaProcess.command("server", Lab.SERVER_HEAP, Lab.GATEWAY_MAIN);
    command.addAll(List.of("node", "--config", file.toString()));
    return new FurtherNode(id, lab.start(id, command));
  }

  @Override
  public String name() {
    return id;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  /** Where its management API is. */
  String api() {
    return api;
  }

  @Override
  public boolean handshakes() {
    return true;
  }

  @Override
  public ProcessFigures figures() {
    return process.figures();
  }

  @Override
  public void broadcast(int messages) throws BenchmarkException {
    throw new BenchmarkException("messages are published to the installation, not to one node");
  }

  /** SIGKILL. */
  void kill() {
    process.kill();
  }
}
