package io.trunkline.benchmarks;

/** Calls that go round between one process and a server, from before it is made until closed. */
interface CallLoad extends AutoCloseable {

  /** The process that makes the calls. */
  ProcessFigures figures() throws BenchmarkException;

  /** Calls that are answered from now on count. */
  void record() throws BenchmarkException;

  /**
   * Ends the counting.
   *
   * @throws BenchmarkException if a call failed, counted or not
   */
  CallTimes stop() throws BenchmarkException;

  @Override
  void close();
}
