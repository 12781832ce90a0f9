package io.trunkline.benchmarks;

import java.net.InetSocketAddress;

/** A server under load. */
interface Target {
  /** In tables. */
  String name();

  InetSocketAddress address();

  /** Whether clients say Hello and wait for Welcome. */
  boolean handshakes();

  ProcessFigures figures();

  /** Sends messages to all connections, all at once. */
  void broadcast(int messages) throws BenchmarkException;
}
