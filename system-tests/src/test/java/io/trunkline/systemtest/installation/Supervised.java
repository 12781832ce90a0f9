package io.trunkline.systemtest.installation;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A process from its start to its end, over several lives where it is started again by itself, as a
 * service manager does it. Thread-safe.
 */
final class Supervised {
  private static final long RESTART_MS = 500;
  private static final List<String> KINDS = List.of(".out", ".err");
  private static final int END_TIMEOUT_SECONDS = 60;

  private final ContainerSettings settings;
  private final Installation installation;
  private final Part part;
  private @Nullable Program program;
  private boolean over;
  private boolean asked;

  Supervised(ContainerSettings settings, Part part) {
    this.settings = settings;
    this.installation = settings.installation();
    this.part = part;
  }

  /** Begins its first life. */
  void launch() throws IOException, InterruptedException {
    var _ = next();
  }

  /** Returns when it serves in its first life. */
  void awaitReady() throws IOException, InterruptedException, StartupException {
    part.awaitReady(current());
    if (settings.restart()) {
      Thread.ofPlatform().daemon().name(settings.name() + "-supervisor").start(this::supervise);
    }
  }

  private synchronized Program next() throws IOException, InterruptedException {
    keepLogs();
    part.prepare();
    Program started = Program.startBelow(installation.folder(), settings.name(), part.command());
    Leftovers.remember(installation.pidFile(settings.name()), started.handle());
    program = started;
    return started;
  }

  /** What the start before this one said stays beside it. */
  private void keepLogs() throws IOException {
    int number = 1;
    while (KINDS.stream().anyMatch(earlier(number))) {
      number++;
    }
    for (String kind : KINDS) {
      Path log = log(settings.name(), kind);
      if (Files.exists(log)) {
        Files.move(log, log(settings.name() + "-" + number, kind));
      }
    }
  }

  private Predicate<String> earlier(int number) {
    return kind -> Files.exists(log(settings.name() + "-" + number, kind));
  }

  private Path log(String name, String kind) {
    return installation.folder().resolve(name + kind);
  }

  private void supervise() {
    try {
      Program ended = current();
      while (true) {
        ended.awaitEnd();
        TimeUnit.MILLISECONDS.sleep(RESTART_MS);
        synchronized (this) {
          if (over) {
            return;
          }
          ended = next();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(settings.name() + " cannot be started again", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Program current() {
    if (program == null) {
      throw new IllegalStateException(settings.name() + " was not started");
    }
    return program;
  }

  private List<ProcessHandle> members() {
    return part.members(current().handle());
  }

  /** Of this life; also after its end. */
  long pid() {
    return current().handle().pid();
  }

  boolean isReady() {
    Program now = current();
    return now.isAlive() && now.output().contains("ready");
  }

  String told(String what) {
    Program now;
    synchronized (this) {
      now = program;
    }
    return now == null ? settings.name() + " " + what : now.told(what);
  }

  void pause() throws IOException {
    // First the one that could start others.
    Signals.pause(List.of(current().handle()));
    Signals.pause(members());
  }

  void wake() throws IOException {
    Signals.wake(members());
  }

  /** SIGKILL; if it is to be started again by itself, it will be. */
  void strike() throws InterruptedException {
    List<ProcessHandle> all = members();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle process : all) {
      awaitEnd(process);
    }
  }

  private void awaitEnd(ProcessHandle process) throws InterruptedException {
    try {
      process.onExit().get(END_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "process " + process.pid() + " of " + settings.name() + " does not end", e);
    }
  }

  /** Not started again from now on. Tells whether it was started at all. */
  private synchronized boolean end() {
    over = true;
    return program != null;
  }

  void kill() throws InterruptedException {
    if (end()) {
      strike();
    }
  }

  /** Asks it to stop, unless it was asked before. Tells whether it was started at all. */
  synchronized boolean requestStop() throws IOException {
    if (!end()) {
      return false;
    }
    wake();
    Program now = current();
    if (!asked && now.isAlive()) {
      asked = true;
      part.requestStop(now.handle());
    }
    return true;
  }

  /** Asks it to stop, and waits until it has. */
  void stop() throws IOException, InterruptedException {
    if (requestStop()) {
      current().awaitStopped();
    }
  }
}
