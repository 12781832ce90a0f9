package io.trunkline.benchmarks;

import java.nio.file.Files;
import java.util.List;

/** Another project's server, in a process of its own with its own class path. */
final class PeerServer implements AutoCloseable {
  /** Those with calls in a protocol and a client of their own. */
  static final List<String> RPC = List.of("rocketmq", "bolt", "grpc");

  /** That with HTTP/1.1. */
  static final String HTTP = "helidon";

  /** Handlers where the bytes are read: the cheapest way. */
  static final String LOOP = "loop";

  /** Handlers in a thread pool. */
  static final String POOL = "pool";

  private final String project;
  private final JavaProcess process;

  /**
   * Starts it and waits until it serves.
   *
   * @param project one of {@link #RPC} or {@link #HTTP}
   * @param threads {@link #LOOP} or {@link #POOL}; nothing to {@link #HTTP}
   */
  PeerServer(Lab lab, String project, String threads) throws BenchmarkException {
    this.project = project;
    if (!Files.isDirectory(JavaProcess.distribution().resolve(part()))) {
      throw new BenchmarkException(
          "there is no " + part() + " in " + JavaProcess.distribution() + ": build with -Ppeers");
    }
    List<String> command = JavaProcess.command(part(), Lab.SERVER_HEAP, mainClass("Server"));
    command.add(threads);
    this.process = lab.start(project, command);
  }

  String project() {
    return project;
  }

  /** Its folder in the distribution. */
  String part() {
    return "peers/" + project;
  }

  String mainClass(String name) {
    return "io.trunkline.benchmarks.peers." + project + "." + name;
  }

  /** What it is called in tables, with the version that runs. */
  String name() {
    return switch (project) {
      case "rocketmq" -> "rocketmq-remoting " + Machine.jar(part(), "rocketmq-remoting");
      case "bolt" -> "SOFABolt " + Machine.jar(part(), "bolt");
      case "grpc" -> "grpc-java " + Machine.jar(part(), "grpc-api");
      default -> "Helidon " + Machine.jar(part(), "helidon-webserver") + ", HTTP/1.1";
    };
  }

  int port() {
    return Integer.parseInt(process.said().getLast());
  }

  ProcessFigures figures() {
    return process.figures();
  }

  @Override
  public void close() {
    process.close();
  }
}
