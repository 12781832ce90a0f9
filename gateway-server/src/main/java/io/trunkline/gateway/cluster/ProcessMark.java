package io.trunkline.gateway.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Names a process so that another one on the same machine can tell whether it is still there. The
 * machine is named by its boot and the namespace of process ids: what runs elsewhere, or in another
 * container, cannot be looked at from here. Linux only; elsewhere there is no mark.
 */
final class ProcessMark {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

  /** The kernel counts a process' start in hundredths of a second. */
  private static final Duration SAME_START = Duration.ofSeconds(1);

  private ProcessMark() {}

  /** This process' mark; empty where there is none. */
  static String own() {
    ProcessHandle self = ProcessHandle.current();
    Optional<String> machine = machine();
    Optional<Instant> started = self.info().startInstant();
    return machine.isPresent() && started.isPresent()
        ? machine.get() + " " + self.pid() + " " + started.get().toEpochMilli()
        : "";
  }

  private static Optional<String> machine() {
    try {
      return Optional.of(
          Files.readString(BOOT).strip() + " " + Files.readSymbolicLink(NAMESPACE).toString());
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /** Whether the process with this mark ran on this machine and has certainly ended. */
  static boolean hasEnded(String mark) {
    String machine = machine().orElse("?");
    if (!mark.startsWith(machine + " ")) {
      return false;
    }
    String[] process = mark.substring(machine.length() + 1).split(" ", -1);
    try {
      return process.length == 2
          && hasEnded(Long.parseLong(process[0]), Long.parseLong(process[1]));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean hasEnded(long pid, long startedMs) {
    ProcessHandle now = ProcessHandle.of(pid).orElse(null);
    if (now == null || isZombie(pid)) {
      return true;
    }
    Instant started = Instant.ofEpochMilli(startedMs);
    return now.info()
        .startInstant()
        .map(other -> Duration.between(started, other).abs().compareTo(SAME_START) > 0)
        .orElse(false);
  }

  /** Killed, and not yet buried by its parent. */
  private static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return false;
    }
  }
}
