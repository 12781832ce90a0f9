package io.trunkline.benchmarks;

/** Calls of a {@link PeerClient}. */
final class PeerLoad implements CallLoad {
  private static final String FAILED = "failed";

  private final JavaProcess client;

  /** Begins to call; returns when each call was answered once. */
  PeerLoad(JavaProcess client, int outstanding) throws BenchmarkException {
    this.client = client;
    ask("begin " + outstanding);
  }

  private String ask(String order) throws BenchmarkException {
    String answer = client.ask(order);
    if (answer.startsWith(FAILED)) {
      throw new BenchmarkException("its client " + answer);
    }
    return answer;
  }

  @Override
  public ProcessFigures figures() {
    return client.figures();
  }

  @Override
  public void record() throws BenchmarkException {
    ask("record");
  }

  @Override
  public CallTimes stop() throws BenchmarkException {
    String[] words = ask("stop").split(" ", -1);
    return new CallTimes(
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]),
        Long.parseLong(words[4]));
  }

  @Override
  public void close() {
    try {
      ask("end");
    } catch (BenchmarkException e) {
      client.close(); // so that nothing goes on behind the next load's back
    }
  }
}
