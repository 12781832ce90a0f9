package io.trunkline.systemtest.installation;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What Java itself cannot send to a process. Linux only. */
final class Signals {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(5);
  private static final char STOPPED = 'T';

  private Signals() {}

  /** Returns when they stand still, and nothing of them runs on. */
  static void pause(List<ProcessHandle> processes) throws IOException {
    send("STOP", processes);
    processes.forEach(
        process ->
            await("process " + process.pid() + " stands still")
                .atMost(TIMEOUT)
                .pollInterval(POLL)
                .until(() -> !process.isAlive() || state(process) == STOPPED));
  }

  static void wake(List<ProcessHandle> processes) throws IOException {
    send("CONT", processes);
  }

  static void interrupt(ProcessHandle process) throws IOException {
    send("INT", List.of(process));
  }

  /** Third field of {@code /proc/<pid>/stat}; the second is in brackets and may hold any text. */
  private static char state(ProcessHandle process) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  private static void send(String signal, List<ProcessHandle> processes) throws IOException {
    List<ProcessHandle> living = processes.stream().filter(ProcessHandle::isAlive).toList();
    if (living.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    living.forEach(process -> command.add(Long.toString(process.pid())));
    Process kill = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (kill.waitFor() != 0 && living.stream().anyMatch(ProcessHandle::isAlive)) {
        throw new IOException(String.join(" ", command) + ": " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
