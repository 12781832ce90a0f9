package io.trunkline.benchmarks;

import java.util.List;

/**
 * A peer's own client, in a process of its own with the peer's class path. One for all loads on a
 * server: it is as warm as the server is.
 */
final class PeerClient implements AutoCloseable {
  private final JavaProcess process;

  /** Starts it; returns when it has its connections. */
  PeerClient(Lab lab, PeerServer server, int connections) throws BenchmarkException {
    List<String> command = JavaProcess.command(server.part(), List.of(), server.mainClass("Load"));
    for (int argument : List.of(server.port(), connections, EchoSize.PAYLOAD_BYTES)) {
      command.add(Integer.toString(argument));
    }
    this.process = lab.start(server.project() + "-load", command);
  }

  /** Calls that go round, so many of each connection. */
  CallLoad begin(int outstanding) throws BenchmarkException {
    return new PeerLoad(process, outstanding);
  }

  @Override
  public void close() {
    process.close();
  }
}
