package io.trunkline.benchmarks;

import java.util.List;

/** Calls by a peer's own client, in a process of its own with the peer's class path. */
final class PeerLoad implements CallLoad {
  private final JavaProcess process;

  /** Starts it; returns when each call was answered once. */
  PeerLoad(Lab lab, PeerServer server, EchoSize size) throws BenchmarkException {
    List<String> command = JavaProcess.command(server.part(), List.of(), server.mainClass("Load"));
    for (int argument :
        List.of(server.port(), size.connections(), size.outstanding(), EchoSize.PAYLOAD_BYTES)) {
      command.add(Integer.toString(argument));
    }
    this.process = lab.start(server.project() + "-load", command);
  }

  @Override
  public ProcessFigures figures() {
    return process.figures();
  }

  @Override
  public void record() throws BenchmarkException {
    process.ask("record");
  }

  @Override
  public CallTimes stop() throws BenchmarkException {
    String answer = process.ask("stop");
    String[] words = answer.split(" ", -1);
    if (!words[0].equals("calls")) {
      throw new BenchmarkException("calls " + answer);
    }
    return new CallTimes(
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]),
        Long.parseLong(words[4]));
  }

  @Override
  public void close() {
    process.close();
  }
}
