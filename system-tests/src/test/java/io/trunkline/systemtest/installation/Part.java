package io.trunkline.systemtest.installation;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.util.List;

/** How a kind of process is prepared, started, known to be ready and asked to stop. */
sealed interface Part permits RunPart, NodePart, PostgresPart, BrokerPart {
  /** What is kept of earlier starts is forgotten. The process does not run. */
  void forget() throws IOException;

  /** Before each start. */
  void prepare() throws IOException, InterruptedException;

  List<String> command() throws IOException;

  /**
   * Returns when the process serves.
   *
   * @throws AssertionError if it ends before
   * @throws org.awaitility.core.ConditionTimeoutException if it takes too long
   */
  void awaitReady(Program program) throws IOException, InterruptedException, StartupException;

  /** Asks it to end in order; does not wait. */
  default void requestStop(ProcessHandle process) throws IOException {
    process.destroy();
  }

  /**
   * What stands still when it is paused and is gone when it is killed, the process itself first.
   */
  default List<ProcessHandle> members(ProcessHandle process) {
    return List.of(process);
  }
}
