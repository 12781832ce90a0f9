package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that belongs to this one: started, watched and started again when it dies, stopped with
 * us. In a session of its own, so that a Ctrl-C in the terminal reaches us alone and we stop it in
 * our order. What an earlier life of ours left running is stopped first; a file remembers it.
 */
final class Child implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Child.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration RESTART_DELAY = Duration.ofSeconds(1);

  /** How a kind of process is started, known to be ready, and asked to stop. */
  interface Kind {
    String name();

    List<String> command() throws IOException;

    /** Returns when the process serves, or says in one line why it does not. */
    void awaitReady(Process process) throws StartupException, InterruptedException, IOException;

    void requestStop(ProcessHandle process);

    /** Where its standard error goes. */
    Path log();
  }

  private final Kind kind;
  private final Path pidFile;
  private @Nullable Process process;
  private boolean stopping;

  Child(Kind kind, Path folder) {
    this.kind = kind;
    this.pidFile = folder.resolve(kind.name() + ".pid");
  }

  /** Starts it and waits until it serves. */
  synchronized void start() throws StartupException, InterruptedException {
    stopLeftover();
    try {
      Process started = launch();
      process = started;
      kind.awaitReady(started);
      watch(started);
    } catch (IOException e) {
      throw new StartupException(kind.name() + " cannot be started: " + e.getMessage(), e);
    }
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.addAll(kind.command());
    Process started =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(kind.log().toFile()))
            .start();
    Files.writeString(
        pidFile,
        started.pid()
            + " "
            + started.info().startInstant().map(Instant::toEpochMilli).orElse(0L)
            + "\n");
    return started;
  }

  private void watch(Process started) {
    started
        .onExit()
        .thenAcceptAsync(
            ended -> restart(ended.exitValue()),
            task -> Thread.ofPlatform().daemon().name(kind.name() + "-watch").start(task));
  }

  private void restart(int exitCode) {
    synchronized (this) {
      if (stopping) {
        return;
      }
    }
    log.error(
        "{} ended by itself (exit code {}); starting it again; its log: {}",
        kind.name(),
        exitCode,
        kind.log());
    while (true) {
      try {
        TimeUnit.MILLISECONDS.sleep(RESTART_DELAY.toMillis());
        synchronized (this) {
          if (!stopping) {
            start();
            log.info("{} runs again", kind.name());
          }
        }
        return;
      } catch (StartupException e) {
        log.error("{}", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Stops a process that a killed launcher left behind. */
  void stopLeftover() throws InterruptedException {
    Optional<ProcessHandle> left = leftover();
    if (left.isEmpty()) {
      return;
    }
    log.info(
        "{} of an earlier run is still there (pid {}); stopping it", kind.name(), left.get().pid());
    kind.requestStop(left.get());
    waitFor(left.get());
  }

  /** The remembered process, if that process number has not been given to another since. */
  private Optional<ProcessHandle> leftover() {
    try {
      String[] remembered = Files.readString(pidFile).strip().split(" ", -1);
      long startedMs = Long.parseLong(remembered[1]);
      return ProcessHandle.of(Long.parseLong(remembered[0]))
          .filter(ProcessHandle::isAlive)
          .filter(
              handle ->
                  handle.info().startInstant().map(Instant::toEpochMilli).orElse(-1L) == startedMs);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private void waitFor(ProcessHandle handle) throws InterruptedException {
    try {
      handle.onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException e) {
      log.warn("{} does not stop; killing it", kind.name());
      handle.destroyForcibly();
    }
  }

  @Override
  public void close() {
    Process running;
    synchronized (this) {
      stopping = true;
      running = process;
    }
    if (running == null) {
      return;
    }
    try {
      running.getOutputStream().close(); // the end of its standard input asks a Java child to stop
    } catch (IOException e) {
      log.debug("{}: {}", kind.name(), e.toString());
    }
    kind.requestStop(running.toHandle());
    try {
      waitFor(running.toHandle());
      Files.deleteIfExists(pidFile);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.debug("{}: {}", kind.name(), e.toString());
    }
  }
}
