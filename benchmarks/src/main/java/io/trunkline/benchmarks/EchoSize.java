package io.trunkline.benchmarks;

import java.util.List;

/**
 * How many echo calls are under way at a time.
 *
 * @param outstanding calls of each connection
 */
record EchoSize(int connections, int outstanding) {
  static final int PAYLOAD_BYTES = 128;
  static final int CONNECTIONS = 64;

  /** What is measured. */
  static final List<EchoSize> ALL =
      List.of(new EchoSize(CONNECTIONS, 1), new EchoSize(CONNECTIONS, 32));

  /** As the titles of tables say it. */
  static final String TITLE = CONNECTIONS + " connections, " + PAYLOAD_BYTES + " bytes";

  int calls() {
    return connections * outstanding;
  }
}
