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
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(5);

  /** Stopped, also by a debugger; or dead, and not yet fetched by a parent that stands still. */
  private static final String STILL = "TtZX";

  private static final String GONE = "No such process";

  private Signals() {}

  /** Returns when they stand still, and nothing of them runs on. */
  static void pause(List<ProcessHandle> processes) throws IOException {
    send("STOP", processes);
    processes.forEach(
        process ->
            await("process " + process.pid() + " stands still")
                .atMost(TIMEOUT)
                .pollInterval(POLL)
                .until(() -> !process.isAlive() || STILL.indexOf(state(process)) >= 0));
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

  private static Process start(List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }

  private static void send(String signal, List<ProcessHandle> processes) throws IOException {
    List<ProcessHandle> living = processes.stream().filter(ProcessHandle::isAlive).toList();
    if (living.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    living.forEach(process -> command.add(Long.toString(process.pid())));
    Process kill = start(command);
    String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      // One that has just ended by itself needs no signal.
      if (kill.waitFor() != 0 && !said.lines().allMatch(line -> line.contains(GONE))) {
        throw new IOException(String.join(" ", command) + ": " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
