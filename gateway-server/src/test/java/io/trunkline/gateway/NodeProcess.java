package io.trunkline.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A gateway node in a process of its own, as {@code node} starts it. */
public final class NodeProcess implements AutoCloseable {
  private static final String CLIENTS = "tcp://";

  private final Process process;
  private final String clientAddress;

  private NodeProcess(Process process, String clientAddress) {
    this.process = process;
    this.clientAddress = clientAddress;
  }

  static NodeProcess start(Map<String, String> settings) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.trunkline.gateway.launcher.Main",
                "node"));
    settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String address = "";
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains(CLIENTS)) {
        address = line.substring(line.indexOf(CLIENTS) + CLIENTS.length());
      }
      if (line.equals("ready")) {
        return new NodeProcess(process, address);
      }
    }
    throw new IOException("the node did not start: " + process.info());
  }

  /** As {@code host:port}. */
  String clientAddress() {
    return clientAddress;
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP. */
  void stop() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT. */
  void wake() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Waits for its end; returns the exit code. */
  int exit() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
