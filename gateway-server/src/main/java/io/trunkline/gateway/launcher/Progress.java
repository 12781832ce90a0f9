package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/** Tells on standard error what is going on and how long it took. Thread-safe. */
final class Progress {
  private final PrintStream out;
  private final long startNanos = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  /** A step that may fail. */
  interface Step<T> {
    T run() throws StartupException, InterruptedException, IOException;
  }

  <T> T step(String what, Step<T> step) throws StartupException, InterruptedException, IOException {
    long begin = System.nanoTime();
    say(what + " ...");
    T result = step.run();
    say(String.format(Locale.ROOT, "%s: %.1f s", what, (System.nanoTime() - begin) / 1e9));
    return result;
  }

  void say(String line) {
    out.printf(Locale.ROOT, "[%5.1f s] %s%n", (System.nanoTime() - startNanos) / 1e9, line);
  }
}
