package io.trunkline.systemtest.installation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.arquillian.core.api.annotation.Observes;
import org.jboss.arquillian.test.spi.event.suite.AfterSuite;

/**
 * Processes that a killed installation, or a killed test run, left behind. They are known by the
 * files {@code *.pid} of the installation: process number and start time.
 */
public final class Leftovers {
  private static final int END_TIMEOUT_SECONDS = 10;

  /** After the containers have been stopped. */
  void endAll(@Observes(precedence = -100) AfterSuite suite) throws IOException {
    Path folder = Distribution.testFolder();
    if (!Files.exists(folder)) {
      return;
    }
    try (var installations = Files.list(folder)) {
      for (Path installation : installations.toList()) {
        end(new Installation(installation));
      }
    }
  }

  static void remember(Path pidFile, ProcessHandle process) throws IOException {
    Files.writeString(pidFile, process.pid() + " " + startMs(process) + "\n");
  }

  /** Ends an installation's processes, the launcher first, as it would start others again. */
  static void end(Installation installation) throws IOException {
    for (Path file : List.of(installation.pidFile(), installation.nodePidFile())) {
      process(file).ifPresent(Leftovers::end);
    }
    for (String name : List.of("console", "broker", "postgres")) {
      process(installation.data().resolve(name + ".pid")).ifPresent(Leftovers::end);
    }
  }

  static Optional<ProcessHandle> process(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String[] remembered = Files.readString(file).strip().split(" ", -1);
    return ProcessHandle.of(Long.parseLong(remembered[0]))
        .filter(ProcessHandle::isAlive)
        .filter(process -> startMs(process) == Long.parseLong(remembered[1]));
  }

  private static long startMs(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(-1L);
  }

  private static void end(ProcessHandle process) {
    List<ProcessHandle> all =
        java.util.stream.Stream.concat(process.descendants(), java.util.stream.Stream.of(process))
            .toList();
    all.forEach(ProcessHandle::destroyForcibly);
    try {
      process.onExit().get(END_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("process " + process.pid() + " does not end", e);
    }
  }
}
