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
import org.jboss.arquillian.test.spi.event.suite.BeforeSuite;

/**
 * Processes that a killed installation, or a killed test run, left behind. They are known by the
 * files {@code *.pid} of the installation: process number and start time.
 */
public final class Leftovers {
  private static final int END_TIMEOUT_SECONDS = 60;

  /** Of test runs that were killed. */
  void endEarlier(@Observes BeforeSuite suite) throws IOException {
    endAll();
  }

  /** After the containers have been stopped. */
  void endOwn(@Observes(precedence = -100) AfterSuite suite) throws IOException {
    endAll();
  }

  /** But of what another living test run uses. */
  private static void endAll() throws IOException {
    Path folder = Distribution.testFolder();
    if (!Files.exists(folder)) {
      return;
    }
    try (var all = Files.list(folder)) {
      for (Path each : all.toList()) {
        Installation installation = new Installation(each);
        if (installation.otherUser().isEmpty()) {
          end(installation);
        }
      }
    }
  }

  static void remember(Path pidFile, ProcessHandle process) throws IOException {
    Files.writeString(pidFile, process.pid() + " " + startMs(process) + "\n");
  }

  /** Ends an installation's processes, first those that would start others again. */
  static void end(Installation installation) throws IOException {
    for (Path folder : List.of(installation.folder(), installation.data())) {
      if (Files.isDirectory(folder)) {
        try (var files = Files.newDirectoryStream(folder, "*.pid")) {
          for (Path file : files) {
            process(file).ifPresent(Leftovers::end);
          }
        }
      }
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
